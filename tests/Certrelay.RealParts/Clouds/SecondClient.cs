using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Certrelay.RealParts.Support;
using Certrelay.Tests.Support;

namespace Certrelay.RealParts.Clouds;

/// <summary>A vendor's official Node client: its packages are installed from the lock file once, beside the test's output.</summary>
internal static class SecondClient
{
    /// <summary>The collection of tests that install a client: hundreds of packages are unpacked, which nothing that watches a clock should run beside.</summary>
    public const string Alone = "second clients";

    // A package registry may be slow, and the machine busy.
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(2);

    /// <summary>Runs <c>second-client.mjs</c> of a vendor's folder beside this file and returns the JSON that it prints.</summary>
    public static async Task<JsonObject> RunAsync(string vendor, params IEnumerable<string> arguments)
    {
        var folder = await InstallAsync(vendor);
        var printed = await RealProcess.RunAsync("node", RunLimit, [Path.Combine(folder, "second-client.mjs"), .. arguments]);
        return JsonNode.Parse(printed) as JsonObject ?? throw new JsonException("The client printed no object.");
    }

    private static async Task<string> InstallAsync(string vendor)
    {
        var source = Path.Combine(Repository.Root, "tests", "Certrelay.RealParts", "Clouds", vendor);
        var folder = Path.Combine(AppContext.BaseDirectory, "second-clients", vendor);
        Directory.CreateDirectory(folder);
        foreach (var name in (string[])["package.json", "package-lock.json", "second-client.mjs"])
            File.Copy(Path.Combine(source, name), Path.Combine(folder, name), overwrite: true);

        var wanted = Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(folder, "package-lock.json"))));
        var mark = Path.Combine(folder, "installed");
        if (File.Exists(mark) && await File.ReadAllTextAsync(mark) == wanted)
            return folder;
        await RealProcess.RunAsync("npm", InstallLimit, ["ci", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts"]);
        await File.WriteAllTextAsync(mark, wanted);
        return folder;
    }
}

[CollectionDefinition(SecondClient.Alone, DisableParallelization = true)]
public sealed class SecondClientsAlone;
