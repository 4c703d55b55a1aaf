using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using Certrelay.App;
using Certrelay.Outgoing;
using Certrelay.RealParts.Support;

namespace Certrelay.RealParts.Metrics;

/// <summary>The text of <c>/metrics</c>, read by the parser of Prometheus' own Python client.</summary>
public sealed class MetricsTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private const string Parse = """
        import json, sys
        from prometheus_client.parser import text_string_to_metric_families
        print(json.dumps([[f.name, f.type, f.documentation, [[s.name, s.labels, s.value] for s in f.samples]] for f in text_string_to_metric_families(sys.stdin.read())]))
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("certrelay-metrics-");

    [RealFact(Python)]
    public async Task Another_parser_reads_every_family()
    {
        var settings = new Settings { DataFolder = Path.Combine(_folder.FullName, "data"), Outgoing = new OutgoingOptions { AllowLoopbackEndpoints = true } };
        await using var app = await RunningApp.StartAsync(settings);
        await app.SendAsync(HttpMethod.Get, "/api/status");
        await app.SendAsync(HttpMethod.Get, "/api/certificates/none");

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(app.Address, "/metrics"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", app.Token);
        using var answer = await app.Http.SendAsync(request, CancellationToken.None);

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        var families = await ReadAsync(await answer.Content.ReadAsStringAsync());
        Assert.All(families.Values, family => Assert.NotEqual("unknown", family.Type));
        Assert.Equal("gauge", families["certrelay_heartbeat_age_seconds"].Type);
        Assert.Contains(families["certrelay_queue_messages"].Samples, sample => sample.Labels["queue"] == "deploy-poison" && sample.Value == 0);
        var calls = families["certrelay_request_duration_seconds"];
        Assert.Equal("histogram", calls.Type);
        var refused = calls.Samples.Where(sample => sample.Labels["function"] == "GetCertificate" && sample.Labels["status"] == "404").ToList();
        Assert.Equal(1, refused.Single(sample => sample.Name.EndsWith("_count", StringComparison.Ordinal)).Value);
        Assert.Equal(1, refused.Single(sample => sample.Labels.GetValueOrDefault("le") == "+Inf").Value);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task<Dictionary<string, Family>> ReadAsync(string text)
    {
        using var parser = Process.Start(new ProcessStartInfo(Python, ["-c", Parse]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false })!;
        await parser.StandardInput.WriteAsync(text);
        parser.StandardInput.Close();
        using var output = JsonDocument.Parse(await parser.StandardOutput.ReadToEndAsync());
        await parser.WaitForExitAsync();
        Assert.Equal(0, parser.ExitCode);
        return output.RootElement.EnumerateArray().ToDictionary(family => family[0].GetString()!, family => new Family(
            family[1].GetString()!,
            [.. family[3].EnumerateArray().Select(sample => new Sample(sample[0].GetString()!, sample[1].Deserialize<Dictionary<string, string>>()!, sample[2].GetDouble()))]));
    }

    private sealed record Family(string Type, IReadOnlyList<Sample> Samples);

    private sealed record Sample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);
}
