using System.ComponentModel;
using System.Text;
using System.Text.Json;
using Certrelay.App.Http;
using Certrelay.Records;
using Certrelay.Targets;
using Certrelay.Watch.VaultEvents;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.App.Triggers;

/// <summary>What became of the events of a call.</summary>
/// <param name="Queued">How many will be worked off; the others concern no secret.</param>
/// <param name="ValidationResponse">The code that Event Grid sent to see that somebody listens here.</param>
public sealed record VaultEventsView(int Queued, string? ValidationResponse);

/// <summary>Events of the vault over HTTP, where Event Grid cannot reach the queue itself.</summary>
public sealed class VaultEvents(IWorkQueue queue)
{
    [Function("TakeVaultEvents"), Requires(Permission.Events), Audited("vault-events.take")]
    [Takes("application/json"), Takes("application/cloudevents+json"), Takes("application/cloudevents-batch+json"), Answers(200, typeof(VaultEventsView))]
    [Description("Takes Key Vault's events, one or an array, in Event Grid's schema or as CloudEvents 1.0; answers Event Grid's validation of a subscription too.")]
    public async Task<IResult> TakeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/vault-events")] HttpRequest request, CancellationToken cancellationToken)
    {
        var events = Read(request.Bytes);
        var about = events.Where(static one => one.About is not null).ToList();
        request.Caller.Demand(about.Select(static one => VaultVersions.CertificateOf(one.About!.Name)).OfType<string>());
        if (about.Count > 0)
            request.Concerns($"secret/{about[0].About!.Name}");
        foreach (var one in about)
            await queue.SendAsync(QueueNames.VaultEvents, Encoding.UTF8.GetBytes(one.Json.GetRawText()), TimeSpan.Zero, cancellationToken);
        return Answer.Ok(new VaultEventsView(about.Count, events.FirstOrDefault(static one => one.ValidationCode is not null)?.ValidationCode));
    }

    private static IReadOnlyList<VaultEvent> Read(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
            throw new ProblemException(ProblemCodes.BodyMissing);
        var faults = new List<SettingsFault>();
        var events = Read(body, faults);
        return faults.Count == 0 ? events : throw new ProblemException(ProblemCodes.BodyInvalid, $"The body has {faults.Count} faults.")
        {
            Faults = [.. faults.Select(static fault => new RequestFault(fault.Path, fault.Message))],
        };
    }

    private static IReadOnlyList<VaultEvent> Read(ReadOnlyMemory<byte> body, List<SettingsFault> faults)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return VaultEvent.Read(document.RootElement, faults);
        }
        catch (JsonException fault)
        {
            throw new ProblemException(ProblemCodes.BodyMalformed, $"Line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1} is not JSON.");
        }
    }
}
