using System.Net;
using System.Text.Json;
using Certrelay.Certificates;
using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Records.Lists;
using Certrelay.Targets.Accounts;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets;

/// <summary>A target as its owner describes it, before it is checked.</summary>
public sealed record TargetDescription
{
    public required string Name { get; init; }

    public required string Kind { get; init; }

    public JsonElement Settings { get; init; }

    public string? Certificate { get; init; }

    public IReadOnlyList<Endpoint> Endpoints { get; init; } = [];

    public TimeSpan? Window { get; init; }

    public int Samples { get; init; } = 4;

    public OnPartial OnPartial { get; init; }

    public OnDrift OnDrift { get; init; }

    public IReadOnlyList<string>? Windows { get; init; }

    public string? Owner { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>Targets: checked whole, stored, listed and removed.</summary>
public sealed class TargetRegistry(IRecordStore store, CertificateIndex index, ListIndex lists, AccountUse accounts, Due due, IServiceProvider services, TimeProvider time)
{
    private static readonly TimeSpan LongestWindow = TimeSpan.FromHours(24);

    /// <summary>Every fault of a description at once; empty when it can be stored.</summary>
    public async Task<IReadOnlyList<SettingsFault>> CheckAsync(TargetDescription target, CancellationToken cancellationToken)
    {
        var faults = new List<SettingsFault>();
        if (!ResourceName.IsValid(target.Name))
            faults.Add(new SettingsFault("name", "A name has 1 to 63 of a-z and 0-9 in parts joined by single hyphens."));
        if (DeployTargets.Find(target.Kind) is { } kind)
            faults.AddRange(await CheckAsync(kind, target.Settings, cancellationToken));
        else
            faults.Add(new SettingsFault("kind", $"There is no kind '{target.Kind}'; known are {string.Join(", ", DeployTargets.All.Select(known => known.Name))}."));
        if (target.Certificate is { } certificate && (!ResourceName.IsValid(certificate) || await store.ReadAsync<LineageRecord>(LineageRecord.Key(certificate), cancellationToken) is not { Value.Deleting: false }))
            faults.Add(new SettingsFault("certificate", $"There is no certificate '{certificate}'."));
        if (target.Window is { } window && (window < TimeSpan.FromSeconds(1) || window > LongestWindow))
            faults.Add(new SettingsFault("window", "The window is 1 second to 24 hours."));
        if (target.Samples is < 1 or > 32)
            faults.Add(new SettingsFault("samples", "A round has 1 to 32 handshakes for each address."));
        foreach (var (index, text) in (target.Windows ?? []).Index())
        {
            if (!MaintenanceWindow.TryParse(text, out _, out var found))
                faults.AddRange(found.Select(message => new SettingsFault($"windows[{index}]", message)));
        }

        for (var i = 0; i < target.Endpoints.Count; i++)
            faults.AddRange(Check(target.Endpoints[i]).Select(message => new SettingsFault($"endpoints[{i}]", message)));
        return faults;
    }

    /// <summary>The target; null when there is none.</summary>
    public Task<Stored<TargetRecord>?> ReadAsync(string name, CancellationToken cancellationToken) =>
        store.ReadAsync<TargetRecord>(TargetRecord.Key(name), cancellationToken);

    /// <summary>What the product knows of a target; null when there is none.</summary>
    public async Task<TargetStateRecord?> ReadStateAsync(string name, CancellationToken cancellationToken) =>
        (await store.ReadAsync<TargetStateRecord>(TargetStateRecord.Key(name), cancellationToken))?.Value;

    /// <summary>What the last probe of a target showed; null when it has no endpoint.</summary>
    public async Task<ProbeRecord?> ReadProbeAsync(string name, CancellationToken cancellationToken) =>
        (await store.ReadAsync<ProbeRecord>(ProbeRecord.Key(name), cancellationToken))?.Value;

    /// <summary>Stores a checked description as a new target; throws <see cref="RecordConflictException"/> when the name is taken.</summary>
    public async Task<Stored<TargetRecord>> CreateAsync(TargetDescription target, CancellationToken cancellationToken)
    {
        var record = Record(target, time.GetUtcNow());
        await UseAsync(record, cancellationToken);
        var listed = await lists.BeginAsync(null, record, cancellationToken);
        var probe = await FirstProbeAsync(record, cancellationToken);
        var etags = await store.WriteAsync(
            [new RecordChange.Insert(TargetRecord.Key(record.Name), record.ToBody()), new RecordChange.Insert(TargetStateRecord.Key(record.Name), new TargetStateRecord().ToBody()), probe],
            cancellationToken);
        await UseAsync(record, cancellationToken);
        await listed.EndAsync(cancellationToken);
        return new Stored<TargetRecord>(TargetRecord.Key(record.Name), record, etags[0]!);
    }

    /// <summary>Replaces a target's description by a checked one; throws <see cref="RecordConflictException"/> when it changed meanwhile.</summary>
    public async Task<Stored<TargetRecord>> ReplaceAsync(Stored<TargetRecord> old, TargetDescription target, CancellationToken cancellationToken)
    {
        var record = Record(target, old.Value.Created);
        await UseAsync(record, cancellationToken);
        var listed = await lists.BeginAsync(old.Value, record, cancellationToken);
        var probe = await FirstProbeAsync(record, cancellationToken);
        var etags = await store.WriteAsync([new RecordChange.Replace(old.Key, record.ToBody(), old.ETag), probe], cancellationToken);
        await UseAsync(record, cancellationToken);
        await ForgetAsync(old.Value, cancellationToken);
        await listed.EndAsync(cancellationToken);
        return new Stored<TargetRecord>(old.Key, record, etags[0]!);
    }

    /// <summary>True while a rollout works on the target. One that is held until a maintenance window reads the target's definition when it begins.</summary>
    public async Task<bool> IsBusyAsync(string name, CancellationToken cancellationToken) =>
        await ReadStateAsync(name, cancellationToken) is { } state && await StepAsync(name, state, cancellationToken) is { IsSettled: false, IsHeld: false };

    /// <summary>Removes a target from the register and leaves the server as it is; false while a rollout works on it. Throws <see cref="RecordConflictException"/> when it changed meanwhile.</summary>
    public async Task<bool> DeleteAsync(Stored<TargetRecord> target, CancellationToken cancellationToken)
    {
        var name = target.Value.Name;
        var state = await store.ReadAsync<TargetStateRecord>(TargetStateRecord.Key(name), cancellationToken);
        if (state is not null && await StepAsync(name, state.Value, cancellationToken) is { IsSettled: false })
            return false;
        var listed = await lists.BeginAsync(target.Value, null, cancellationToken);
        List<RecordChange> gone = [new RecordChange.Delete(target.Key, target.ETag), new RecordChange.Delete(ProbeRecord.Key(name), null)];
        if (state is not null)
            gone.Add(new RecordChange.Delete(state.Key, state.ETag));
        await store.WriteAsync(gone, cancellationToken);
        await ForgetAsync(target.Value, cancellationToken);
        await listed.EndAsync(cancellationToken);
        return true;
    }

    /// <summary>What was seen belongs to the target as it was described; as it is now it is probed at once. Without an endpoint there is nothing to see.</summary>
    private async Task<RecordChange> FirstProbeAsync(TargetRecord target, CancellationToken cancellationToken)
    {
        var key = ProbeRecord.Key(target.Name);
        if (target.Endpoints.Count == 0)
            return new RecordChange.Delete(key, null);
        var first = ProbeRecord.First(target.Name, time.GetUtcNow());
        await due.PutAsync(first.Hint, cancellationToken);
        return new RecordChange.Put(key, first.ToBody());
    }

    /// <summary>The step of the rollout that came last; null when there is none.</summary>
    private async Task<StepRecord?> StepAsync(string name, TargetStateRecord state, CancellationToken cancellationToken) =>
        state.Rollout is { } rollout ? (await store.ReadAsync<StepRecord>(StepRecord.Key(rollout, name), cancellationToken))?.Value : null;

    private Task ForgetAsync(TargetRecord target, CancellationToken cancellationToken) =>
        target.Certificate is { } certificate ? index.ForgetAsync(certificate, target.Name, cancellationToken) : Task.CompletedTask;

    private async Task UseAsync(TargetRecord target, CancellationToken cancellationToken)
    {
        if (target.Certificate is { } certificate)
            await index.UseAsync(certificate, target.Name, cancellationToken);
        await accounts.NoteAsync(target, cancellationToken);
    }

    private async Task<IReadOnlyList<SettingsFault>> CheckAsync(TargetKind kind, JsonElement settings, CancellationToken cancellationToken)
    {
        var faults = kind.Check(settings, services).Select(static fault => new SettingsFault($"settings.{fault.Path}".TrimEnd('.'), fault.Message)).ToList();
        if (kind.AccountOf(settings) is not { } account)
            return faults;
        var known = await store.ReadAsync<AccountRecord>(AccountRecord.Key(account), cancellationToken);
        if (known is not { Value.Deleting: false })
            faults.Add(new SettingsFault("settings.account", $"There is no account '{account}'."));
        else if (known.Value.Vendor != kind.Cloud!.Vendor)
            faults.Add(new SettingsFault("settings.account", $"The account '{account}' is one of {CloudOptions.Word(known.Value.Vendor)}; this kind needs one of {CloudOptions.Word(kind.Cloud.Vendor)}."));
        return faults;
    }

    private TargetRecord Record(TargetDescription target, DateTimeOffset created) => new()
    {
        Name = target.Name,
        Kind = target.Kind,
        Settings = target.Settings,
        Certificate = target.Certificate,
        Endpoints = target.Endpoints,
        Window = target.Window,
        Samples = target.Samples,
        OnPartial = target.OnPartial,
        OnDrift = target.OnDrift,
        Windows = target.Windows,
        Owner = target.Owner,
        Tags = target.Tags,
        Created = created,
        Updated = time.GetUtcNow(),
    };

    private static IEnumerable<string> Check(Endpoint endpoint)
    {
        if (!SubjectName.TryParse(endpoint.Host, out var host) || host.Kind == SubjectNameKind.Wildcard)
            yield return $"'{endpoint.Host}' is neither a host name nor an address.";
        if (endpoint.Port is < 1 or > 65535)
            yield return "A port is 1 to 65535.";
        if (endpoint.ServerName is { } name && (!SubjectName.TryParse(name, out var server) || server.Kind == SubjectNameKind.Wildcard))
            yield return $"'{name}' cannot be a server name.";
        foreach (var address in endpoint.Addresses.Where(address => !IPAddress.TryParse(address, out _)))
            yield return $"'{address}' is not an address.";
    }
}
