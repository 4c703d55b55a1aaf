using System.Net.Sockets;
using System.Text.Json;
using Certrelay.RealParts.Support;

namespace Certrelay.RealParts.Demo;

/// <summary>Tells the demo's story as a process of its own, and spoils it.</summary>
public sealed class DemoTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("certrelay-demo-tests-").FullName;

    private string Story => Path.Combine(_folder, "story");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_act_happens_and_nothing_is_left_behind()
    {
        using var demo = CertrelayProcess.Start(new Dictionary<string, string> { ["TMPDIR"] = _folder }, "demo");

        Assert.True(await demo.ExitAsync() == 0, demo.Output);
        for (var act = 1; act <= 8; act++)
            Assert.Contains(demo.Lines, line => line.StartsWith($"[{act}/8]", StringComparison.Ordinal));
        Assert.Equal(8, demo.Lines.Count(line => line.StartsWith("ok ", StringComparison.Ordinal)));
        Assert.Contains(demo.Lines, line => line.Contains("3 days left", StringComparison.Ordinal));
        Assert.Contains(demo.Lines, line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["files", _, "->", _, "rolled-back", ..]);
        Assert.All(demo.Lines, line => Assert.True(line.Length <= 80, line));
        Assert.Empty(demo.Errors);
        Assert.Empty(Directory.GetDirectories(_folder, "certrelay-demo-*"));
    }

    [Theory]
    [InlineData("before the upload", "act", 2, true)]
    [InlineData("before the upload, unserved", "act", 2, false)]
    [InlineData("before the last look", "done", 5, true)]
    [InlineData("before the last look, unserved", "done", 5, false)]
    public async Task Swapped_certificate_ends_the_story_and_is_named(string when, string happened, int act, bool reload)
    {
        var foreign = IssuedChain.Of("shop.demo.test");
        using var demo = CertrelayProcess.Start("demo", "--json", "--data", Story);
        Assert.True(await demo.SaysAsync(line => Is(line, happened, act)), demo.Output);

        var site = Path.Combine(Story, "sites", "shop");
        foreign.Write(Path.Combine(site, "fullchain.pem"), Path.Combine(site, "privkey.pem"));
        if (reload)
            await ReloadAsync(site);

        Assert.True(await demo.ExitAsync() == 1, $"{when}: {demo.Output}");
        var reason = demo.Lines.Select(Read).Single(line => line.GetProperty("event").GetString() == "failed").GetProperty("reason").GetString();
        Assert.StartsWith("Site shop ", reason, StringComparison.Ordinal);
        Assert.Contains(foreign.Fingerprint.Hex, reason, StringComparison.Ordinal);
        Assert.Matches("expected [0-9a-f]{64}", reason);
    }

    [Fact]
    public async Task Json_lines_tell_the_same_story()
    {
        using var demo = CertrelayProcess.Start("demo", "--json", "--data", Story);

        Assert.True(await demo.ExitAsync() == 0, demo.Output);
        var events = demo.Lines.Select(Read).ToLookup(line => line.GetProperty("event").GetString());
        Assert.Equal(8, events["done"].Count());
        var errors = events["finding"].Where(finding => finding.GetProperty("severity").GetString() == "error");
        Assert.Equal(["chain.incomplete", "key.mismatch", "leaf.expired"], errors.Select(finding => finding.GetProperty("code").GetString()).Order());
        var last = events["site"].GroupBy(line => line.GetProperty("site").GetString()!).ToDictionary(group => group.Key, group => group.Last());
        Assert.Equal("verified", last["shop"].GetProperty("state").GetString());
        Assert.Equal("verified", last["login"].GetProperty("state").GetString());
        Assert.Equal("rolled-back", last["files"].GetProperty("state").GetString());
        Assert.Equal(last["shop"].GetProperty("now").GetString(), last["login"].GetProperty("now").GetString());
        Assert.Equal(last["files"].GetProperty("before").GetString(), last["files"].GetProperty("now").GetString());
        Assert.True(Assert.Single(events["end"]).GetProperty("ok").GetBoolean());
        Assert.True(File.Exists(Path.Combine(Story, "data", "certrelay.db")));
        var warnings = Path.Combine(Story, "warnings.log");
        Assert.DoesNotContain("Error ", File.Exists(warnings) ? await File.ReadAllTextAsync(warnings) : "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("at its beginning", 1)]
    [InlineData("in the rollout", 5)]
    public async Task Interrupted_it_ends_cleanly(string when, int act)
    {
        using var demo = CertrelayProcess.Start(new Dictionary<string, string> { ["TMPDIR"] = _folder }, "demo", "--json");
        Assert.True(await demo.SaysAsync(line => Is(line, "act", act)), demo.Output);

        await demo.InterruptAsync();

        Assert.True(await demo.ExitAsync() == 130, $"{when}: {demo.Output}");
        Assert.Empty(demo.Errors);
        Assert.Empty(Directory.GetDirectories(_folder, "certrelay-demo-*"));
    }

    [Fact]
    public async Task Folder_that_is_not_empty_is_refused()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "mine"), "");

        using var demo = CertrelayProcess.Start("demo", "--data", _folder);

        Assert.Equal(2, await demo.ExitAsync());
        Assert.Contains("is not empty", demo.Errors, StringComparison.Ordinal);
    }

    private static bool Is(string line, string happened, int act) =>
        Read(line) is var json && json.GetProperty("event").GetString() == happened && json.GetProperty("number").GetInt32() == act;

    private static JsonElement Read(string line) => JsonElement.Parse(line);

    private static async Task ReloadAsync(string site)
    {
        using var control = new TcpClient();
        await control.ConnectAsync("127.0.0.1", int.Parse(await File.ReadAllTextAsync(Path.Combine(site, "control"))));
        using var answer = new StreamReader(control.GetStream());
        Assert.Equal("reloaded", await answer.ReadLineAsync());
    }
}
