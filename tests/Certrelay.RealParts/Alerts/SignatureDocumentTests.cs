using Certrelay.RealParts.Support;
using Certrelay.Tests.Alerts;
using Certrelay.Watch.Alerts;
using Certrelay.Watch.Alerts.Channels;

namespace Certrelay.RealParts.Alerts;

public sealed class SignatureDocumentTests
{
    private const string Secret = "a-secret-of-32-characters-length";

    [RealFact("bash", "openssl")]
    public async Task The_shell_line_of_the_document_verifies_a_message_and_no_forgery()
    {
        await using var receiver = await HttpReceiver.StartAsync();
        await using var bench = new AlertBench(AlertBench.Options(("hook", new ChannelSettings { Kind = "webhook", Url = receiver.Url, Secret = Secret })));
        await bench.Get<ChannelTest>().SendAsync("hook", "somebody", CancellationToken.None);
        var request = Assert.Single(receiver.Requests);
        var folder = Directory.CreateTempSubdirectory("certrelay-signature-");
        try
        {
            Assert.Equal("yes", await VerifyAsync(folder.FullName, request, request.Body));
            Assert.Equal("no", await VerifyAsync(folder.FullName, request, [.. request.Body, (byte)' ']));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> VerifyAsync(string folder, Received request, byte[] body)
    {
        await File.WriteAllBytesAsync(Path.Combine(folder, "body.json"), body);
        var script = $"cd '{folder}'; ID='{request["webhook-id"]}' TIMESTAMP='{request["webhook-timestamp"]}' SIGNATURE='{request["webhook-signature"]}' SECRET='{Secret}'\n{Line()} && echo yes || echo no\n";
        return (await RealProcess.RunAsync("bash", "-c", script)).Trim();
    }

    /// <summary>The only line in a fence of shell.</summary>
    private static string Line()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Serverless.sln")))
            root = root.Parent ?? throw new InvalidOperationException("The tests run outside the repository.");
        var lines = File.ReadAllLines(Path.Combine(root.FullName, "docs", "alerts.md"));
        return lines[Array.IndexOf(lines, "```sh") + 1];
    }
}
