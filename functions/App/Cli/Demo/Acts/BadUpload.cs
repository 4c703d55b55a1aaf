using System.Net;
using System.Text.Json;

namespace Certrelay.App.Cli.Demo.Acts;

/// <summary>An upload with everything wrong is refused with every fault at once, and nothing of it is stored.</summary>
internal sealed class BadUpload(DemoStage stage) : IAct
{
    private const string Name = "demo-bad";

    private static readonly string[] Expected = ["key.mismatch", "leaf.expired", "chain.incomplete"];

    public string Title => "A bad upload is refused with every fault at once";

    public async Task PlayAsync(CancellationToken cancellationToken)
    {
        var answer = await stage.Api.UploadAsync(Name, stage.Expired.LeafPem + stage.Other.KeyPem, cancellationToken);
        var problem = answer.Expect(HttpStatusCode.UnprocessableEntity, "The bad upload").Body;
        var findings = problem.GetProperty("findings").EnumerateArray().Select(Read).ToList();
        foreach (var finding in findings)
            stage.Screen.Show(finding);
        var missing = Expected.Except(findings.Where(static finding => finding.Severity == "error").Select(static finding => finding.Code)).ToList();
        if (missing.Count > 0)
            throw new ActFailedException($"The findings do not name {string.Join(", ", missing)}.");

        var stored = await stage.Api.GetAsync($"api/certificates/{Name}", cancellationToken);
        stored.Expect(HttpStatusCode.NotFound, "Asking for the refused certificate");
        stage.Screen.Show(new FactShown("Nothing of it is stored"));
    }

    private static FindingShown Read(JsonElement finding) => new(
        finding.GetProperty("code").GetString()!, finding.GetProperty("severity").GetString()!,
        finding.GetProperty("message").GetString()!, finding.GetProperty("remedy").GetString()!);
}
