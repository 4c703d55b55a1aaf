using System.Net;

namespace Certrelay.App.Cli.Demo.Acts;

/// <summary>What was done is in the audit trail, and its chains are whole.</summary>
internal sealed class AuditTrail(DemoStage stage) : IAct
{
    public string Title => "The audit trail is whole";

    public async Task PlayAsync(CancellationToken cancellationToken)
    {
        var report = (await stage.Api.GetAsync("api/audit/verify", cancellationToken)).Expect(HttpStatusCode.OK, "The verification").Body;
        var entries = report.GetProperty("chains").EnumerateArray().Sum(static chain => chain.GetProperty("entries").GetInt64());
        if (!report.GetProperty("whole").GetBoolean() || entries == 0)
            throw new ActFailedException($"The audit trail is not whole: {report}");
        stage.Screen.Show(new FactShown($"{entries} entries, each chained to the one before"));
    }
}
