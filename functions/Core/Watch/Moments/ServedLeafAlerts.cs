using System.Globalization;
using Certrelay.Records;
using Certrelay.Watch.Alerts;

namespace Certrelay.Watch.Moments;

/// <summary>Tells of the end of leaves that are served but not kept here: those of the product's own certificates have moments of their own.</summary>
public sealed class ServedLeafAlerts(CertificateIndex index, AlertRecords alerts)
{
    /// <summary>Raises the level that each foreign leaf has come to; once a level, however often it is called.</summary>
    public async Task RaiseAsync(TargetRecord target, Verdict verdict, CancellationToken cancellationToken)
    {
        var now = verdict.Record.At!.Value;
        foreach (var leaf in verdict.Record.Leaves)
        {
            if (ExpiryLevels.At(now, leaf.NotBefore, leaf.NotAfter) is { } level && await index.HolderAsync(leaf.Fingerprint, cancellationToken) is null)
                await alerts.RaiseAsync(AlertOf(target, leaf, level, now), cancellationToken);
        }
    }

    private static Alert AlertOf(TargetRecord target, ServedLeaf leaf, ExpiryLevel level, DateTimeOffset now)
    {
        var expired = level is ExpiryLevel.Expired;
        var end = leaf.NotAfter.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
        return new Alert
        {
            Kind = expired ? AlertKinds.CertificateExpired : AlertKinds.CertificateExpiring,
            Subject = target.Name,
            Generation = leaf.Fingerprint.Hex,
            Level = level.Urgency(),
            Ordinal = (int)level,
            Owner = target.Owner,
            Endpoints = [.. target.Endpoints.Select(static endpoint => endpoint.ToString())],
            Cause = $"{target.Name} serves {leaf.Fingerprint}, which {(expired ? "expired" : "expires")} on {end}.",
            NextStep = "Have whoever runs the server renew it, or upload the renewed certificate here and make this a target that can be written.",
            At = now,
        };
    }
}
