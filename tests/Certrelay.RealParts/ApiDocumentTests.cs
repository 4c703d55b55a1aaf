using System.Net;
using System.Text;
using System.Text.Json;
using Certrelay.RealParts.Support;

namespace Certrelay.RealParts;

public sealed class ApiDocumentTests
{
    [RealFact("bash", "curl", "openssl")]
    public async Task Every_line_of_the_document_works_in_its_order()
    {
        var folder = Directory.CreateTempSubdirectory("certrelay-api-");
        try
        {
            var (data, web, work) = (Sub(folder, "data"), Sub(folder, "web"), Sub(folder, "work"));
            var settings = Path.Combine(folder.FullName, "settings.json");
            var values = new Dictionary<string, string> { ["Local:Roots:web"] = web, ["Clouds:Endpoints:aws"] = "http://127.0.0.1:9" };
            await File.WriteAllTextAsync(settings, JsonSerializer.Serialize(new { Values = values }));
            var port = RealProcess.FreePort(IPAddress.Loopback);
            var product = Path.Combine(AppContext.BaseDirectory, "certrelay.dll");
            using var server = RealProcess.Start("dotnet", product, "serve", "--data", data, "--url", $"http://127.0.0.1:{port}", "--settings", settings);
            await server.ListeningAsync(IPAddress.Loopback, port);

            var lines = Lines().ToList();
            var script = Path.Combine(folder.FullName, "lines.sh");
            await File.WriteAllTextAsync(script, Script(lines));
            // Some fifty programs, one after the other.
            var output = await RealProcess.RunAsync(
                "bash", TimeSpan.FromSeconds(60), [script, $"http://127.0.0.1:{port}", (await File.ReadAllTextAsync(Path.Combine(data, "admin-token"))).Trim(), work]);

            Assert.True(lines.Count > 40);
            Assert.Equal(Expected(lines), output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>What the script prints of each line that goes as the document says.</summary>
    private static IEnumerable<string> Expected(IEnumerable<string> lines) => lines.Select(line => $"0 {StatusOf(line)} {line}");

    /// <summary>Runs the lines in one shell; of each it prints the exit code, the status where one is promised, and the line.</summary>
    private static string Script(IEnumerable<string> lines)
    {
        var script = new StringBuilder("set -u -o pipefail\nURL=$1 TOKEN=$2\ncd \"$3\"\n");
        foreach (var line in lines)
        {
            var status = StatusOf(line) == "-" ? "-" : "$(tail -n 1 out)";
            script.Append($"{line}\n".Replace(" #", " > out #", StringComparison.Ordinal)).Append($"echo \"$? {status} \"{Quoted(line)}\n");
        }

        return script.ToString();
    }

    private static string StatusOf(string line) => line.LastIndexOf(" # ", StringComparison.Ordinal) is > 0 and var at ? line[(at + 3)..] : "-";

    private static string Quoted(string line) => $"'{line.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>The lines in the document's fences.</summary>
    private static IEnumerable<string> Lines()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Serverless.sln")))
            root = root.Parent ?? throw new InvalidOperationException("The tests run outside the repository.");
        var inside = false;
        foreach (var line in File.ReadLines(Path.Combine(root.FullName, "docs", "api.md")))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
                inside = !inside;
            else if (inside)
                yield return line;
        }
    }

    private static string Sub(DirectoryInfo folder, string name) => folder.CreateSubdirectory(name).FullName;
}
