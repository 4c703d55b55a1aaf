using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Watch.Alerts;

namespace Certrelay.Watch.Revocation;

/// <summary>Asks each day whether the issuer has taken the current version of a certificate back, and tells its owner.</summary>
public sealed class RevocationWatch(
    IRecordStore store, CertificateRegistry certificates, CertificateIndex index, Due due, RevocationCheck revocation, AlertRecords alerts, TimeProvider time)
{
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(10);

    /// <summary>Asks and saves when the next time is; called too early, twice, or for a superseded version it changes nothing.</summary>
    public async Task RunAsync(DueHint hint, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (RevocationRecord.VersionOf(hint.Id) is var (certificate, sequence)
            && await store.ReadAsync<RevocationRecord>(RevocationRecord.Key(certificate), cancellationToken) is { } saved
            && saved.Value.Sequence == sequence
            && saved.Value.Moment <= now
            && await certificates.ReadAsync(certificate, cancellationToken) is { } lineage
            && await certificates.ReadVersionAsync(certificate, sequence, cancellationToken) is { } version)
            await AskAsync(saved, lineage.Value, version, now, cancellationToken);
        await due.RemoveAsync(hint, cancellationToken);
    }

    private async Task AskAsync(Stored<RevocationRecord> saved, LineageRecord lineage, VersionRecord version, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var leaf = CertificateRecord.Parse(version.Leaf);
        var issuer = version.Chain is [var der, ..] ? CertificateRecord.Parse(der) : TrustedRoots.System.IssuerOf(leaf);
        var reading = issuer is null ? null : await revocation.CheckAsync(leaf, issuer, LongestAnswer, cancellationToken);
        var next = saved.Value.Next(version.NotAfter, now);
        if (reading is { State: not RevocationState.Unknown })
            next = next with { At = now, RevokedAt = reading.RevokedAt };
        if (next.Hint is { } hint)
            await due.PutAsync(hint, cancellationToken);
        // Nobody's answer ends an alert: only a good one does, such as when a hold was lifted (RFC 5280 section 5.3.1).
        if (reading is { State: RevocationState.Revoked })
            await alerts.RaiseAsync(await DescribeAsync(lineage, version, reading, now, cancellationToken), cancellationToken);
        else if (reading is { State: RevocationState.Good })
            await alerts.ResolveAsync(AlertKinds.CertificateRevoked, lineage.Name, cancellationToken);
        try
        {
            await store.ReplaceAsync(saved, next, cancellationToken);
        }
        catch (RecordConflictException)
        {
            // A new version came, or another was faster: what they wrote counts.
        }
    }

    private async Task<Alert> DescribeAsync(LineageRecord lineage, VersionRecord version, RevocationReading reading, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var users = await index.UsersAsync(lineage.Name, cancellationToken);
        return new Alert
        {
            Kind = AlertKinds.CertificateRevoked,
            Subject = lineage.Name,
            Generation = version.Fingerprint.Hex,
            Level = AlertLevel.Critical,
            Owner = lineage.Owner,
            Endpoints = [.. users.SelectMany(static target => target.Endpoints).Select(static endpoint => endpoint.ToString()).Distinct(StringComparer.Ordinal)],
            Cause = $"The issuer revoked version {version.Sequence} of {lineage.Name} at {reading.RevokedAt:u}, says {reading.Source}.",
            NextStep = $"Have the certificate issued anew with a new key, upload it as {lineage.Name} and roll it out.",
            At = now,
        };
    }
}
