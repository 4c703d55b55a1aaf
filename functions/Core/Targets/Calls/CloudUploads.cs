using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Certrelay.Certificates;
using Certrelay.Records;

namespace Certrelay.Targets.Calls;

/// <summary>What this product knows of one upload. Row <c>u.&lt;store&gt;.&lt;certificate&gt;.&lt;fingerprint&gt;</c> of the account's partition.</summary>
public sealed partial record UploadRecord : IRecord<UploadRecord>
{
    public int Schema { get; init; } = 1;

    public required string Certificate { get; init; }

    public required Fingerprint Fingerprint { get; init; }

    /// <summary>The vendor's id; null while somebody uploads it.</summary>
    public string? Id { get; init; }

    /// <summary>True when this product put it there: only then it may be removed.</summary>
    public bool Ours { get; init; }

    /// <summary>Until when the one who uploads it has the right to.</summary>
    public DateTimeOffset? UploadingUntil { get; init; }

    public required DateTimeOffset Created { get; init; }

    public static JsonTypeInfo<UploadRecord> Json => UploadJson.Default.UploadRecord;

    public static RecordKey Key(string account, string store, string certificate, Fingerprint fingerprint) =>
        new(Tables.Accounts, account, $"{Prefix(store)}{certificate}.{fingerprint.Hex}");

    internal static string Prefix(string store) => $"u.{KeyText.Escape(store)}.";

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(UploadRecord))]
    private sealed partial class UploadJson : JsonSerializerContext;
}

/// <summary>One upload a store, region and fingerprint, shared by all targets of an account; superseded ones of our own are removed once nothing uses them.</summary>
public sealed class CloudUploads
{
    // An upload is one call; behind this long whoever made it has died.
    private static readonly TimeSpan LongestUpload = TimeSpan.FromMinutes(2);

    private readonly IRecordStore _records;
    private readonly CertificateIndex _index;
    private readonly string _account;
    private readonly CloudPlan? _plan;
    private readonly CloudOptions _options;
    private readonly TimeProvider _time;

    internal CloudUploads(IRecordStore records, CertificateIndex index, string account, CloudPlan? plan, CloudOptions options, TimeProvider time) =>
        (_records, _index, _account, _plan, _options, _time) = (records, index, account, plan, options, time);

    /// <summary>The name that an upload gets: <c>certrelay-&lt;certificate&gt;-&lt;8 of fingerprint&gt;</c>, the certificate's name cut to the store's limit.</summary>
    public static string NameOf(string certificate, Fingerprint fingerprint, int longest)
    {
        const string prefix = "certrelay-";
        var room = longest - prefix.Length - 9;
        return $"{prefix}{(certificate.Length <= room ? certificate : certificate[..room].TrimEnd('-'))}-{fingerprint.Hex[..8]}";
    }

    /// <summary>
    /// The vendor's id of a certificate in a store: known, found there, or uploaded now. Of several who ask at once one uploads, the others come back (which
    /// costs them no attempt). A full store is made room in. In a plan nothing is written.
    /// </summary>
    public async Task<string> FindOrUploadAsync(IUploadStore store, CertificateBundle certificate, CancellationToken cancellationToken)
    {
        var name = NameOf(certificate.Certificate, certificate.Fingerprint, store.LongestName);
        var key = UploadRecord.Key(_account, store.Id, certificate.Certificate, certificate.Fingerprint);
        var row = await _records.ReadAsync<UploadRecord>(key, cancellationToken);
        if (row?.Value.Id is { } known)
            return known;
        if (_plan is { } plan)
        {
            return await plan.UploadAsync($"{_account} {key.Row}", async () =>
                (await store.FindAsync(certificate, name, cancellationToken))?.Id ?? await store.UploadAsync(certificate, name, cancellationToken));
        }

        var mine = await BeginAsync(key, row, certificate, cancellationToken);
        try
        {
            var found = await store.FindAsync(certificate, name, cancellationToken);
            var id = found?.Id ?? await UploadAsync(store, certificate, name, cancellationToken);
            var ours = found is null || found.Name == name;
            await _records.ReplaceAsync(mine, mine.Value with { Id = id, Ours = ours, UploadingUntil = null }, cancellationToken);
            return id;
        }
        catch (Failure)
        {
            // Whether it was made or not, the next one looks for it first; whoever took over meanwhile keeps the row.
            await _index.DropAsync(mine.Key, mine.ETag, CancellationToken.None);
            throw;
        }
    }

    /// <summary>Forgets an upload that the vendor no longer knows, so that the next try finds or uploads it anew.</summary>
    public async Task ForgetAsync(IUploadStore store, CertificateBundle certificate, CancellationToken cancellationToken)
    {
        if (_plan is null)
            await _records.WriteAsync([new RecordChange.Delete(UploadRecord.Key(_account, store.Id, certificate.Certificate, certificate.Fingerprint), null)], cancellationToken);
    }

    /// <summary>
    /// Removes our superseded uploads of a certificate that no target has, but the newest <see cref="CloudOptions.KeepUploads"/> of them. Uploads that we did
    /// not make and those that the vendor calls in use stay.
    /// </summary>
    public async Task RetireAsync(IUploadStore store, string certificate, CancellationToken cancellationToken)
    {
        var superseded = await SupersededAsync(store, certificate, cancellationToken);
        foreach (var upload in superseded.Skip(_options.KeepUploads))
            await RemoveAsync(store, upload, cancellationToken);
    }

    private async Task<string> UploadAsync(IUploadStore store, CertificateBundle certificate, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await store.UploadAsync(certificate, name, cancellationToken);
        }
        catch (Permanent full) when (full.Code == FindingCodes.CloudQuota.Code)
        {
            // The oldest first, and only until there is room for one.
            var superseded = await SupersededAsync(store, certificate: null, cancellationToken);
            foreach (var upload in superseded.Reverse())
            {
                if (await RemoveAsync(store, upload, cancellationToken))
                    return await store.UploadAsync(certificate, name, cancellationToken);
            }

            throw;
        }
    }

    private async Task<Stored<UploadRecord>> BeginAsync(RecordKey key, Stored<UploadRecord>? row, CertificateBundle certificate, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        if (row?.Value.UploadingUntil > now)
            throw UnderWay();
        var mine = new UploadRecord { Certificate = certificate.Certificate, Fingerprint = certificate.Fingerprint, UploadingUntil = now + LongestUpload, Created = now };
        if (row is null)
            return await _records.TryInsertAsync(key, mine, cancellationToken) ?? throw UnderWay();
        try
        {
            return await _records.ReplaceAsync(row, mine, cancellationToken);
        }
        catch (RecordConflictException)
        {
            throw UnderWay();
        }
    }

    private static Transient UnderWay() =>
        new(FindingCodes.CloudBusy.Code, "Another target of the account uploads the same certificate at the moment.", TimeSpan.FromSeconds(1)) { Waits = true };

    /// <summary>Our uploads that no target has or shall have, the newest first; null: of all certificates.</summary>
    private async Task<IReadOnlyList<Stored<UploadRecord>>> SupersededAsync(IUploadStore store, string? certificate, CancellationToken cancellationToken)
    {
        var prefix = UploadRecord.Prefix(store.Id) + (certificate is null ? "" : $"{certificate}.");
        var uploads = await _records.ReadRangeAsync<UploadRecord>(Tables.Accounts, _account, RowRange.StartingWith(prefix), cancellationToken)
            .Where(static upload => upload.Value is { Ours: true, Id: not null })
            .ToListAsync(cancellationToken);
        var used = new HashSet<Fingerprint>();
        foreach (var name in uploads.Select(static upload => upload.Value.Certificate).Distinct(StringComparer.Ordinal))
            await AddUsedAsync(name, used, cancellationToken);
        return [.. uploads.Where(upload => !used.Contains(upload.Value.Fingerprint)).OrderByDescending(static upload => upload.Value.Created)];
    }

    private async Task AddUsedAsync(string certificate, HashSet<Fingerprint> used, CancellationToken cancellationToken)
    {
        await foreach (var holder in _index.HoldersAsync(certificate, cancellationToken))
        {
            if (await _records.ReadAsync<TargetStateRecord>(TargetStateRecord.Key(holder.Value.Name), cancellationToken) is not { } state)
                continue;
            if (state.Value.Binding is { } binding)
                used.Add(binding.Fingerprint);
            if (state.Value.Desired is { } desired)
                used.Add(desired.Fingerprint);
        }
    }

    private async Task<bool> RemoveAsync(IUploadStore store, Stored<UploadRecord> upload, CancellationToken cancellationToken)
    {
        if (!await store.RemoveAsync(upload.Value.Id!, cancellationToken))
            return false;
        await _records.WriteAsync([new RecordChange.Delete(upload.Key, null)], cancellationToken);
        return true;
    }
}
