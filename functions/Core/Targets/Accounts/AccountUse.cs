using Certrelay.Records;

namespace Certrelay.Targets.Accounts;

/// <summary>Which targets name an account. Rows <c>acc.&lt;account&gt;</c> of the index: hints, each held against its target.</summary>
public sealed class AccountUse(IRecordStore store, TimeProvider time)
{
    /// <summary>Notes that a target names its account; to be done before the target says so and once more after.</summary>
    public async Task NoteAsync(TargetRecord target, CancellationToken cancellationToken)
    {
        if (AccountOf(target) is { } account)
            await store.WriteAsync([new RecordChange.Put(Key(account, target.Name), new IndexRecord { Name = target.Name, At = time.GetUtcNow() }.ToBody())], cancellationToken);
    }

    /// <summary>The targets that name an account, in the order of their names.</summary>
    public async Task<IReadOnlyList<string>> UsersAsync(string account, CancellationToken cancellationToken)
    {
        var users = new List<string>();
        await foreach (var row in store.QueryAsync(Tables.Index, $"acc.{account}", RowRange.All, cancellationToken))
        {
            if (await store.ReadAsync<TargetRecord>(TargetRecord.Key(row.Key.Row), cancellationToken) is { } target && AccountOf(target.Value) == account)
                users.Add(target.Value.Name);
            else if (row.As<IndexRecord>().Value.At + CertificateIndex.Fresh < time.GetUtcNow())
                await store.WriteAsync([new RecordChange.Delete(row.Key, null)], cancellationToken);
        }

        return users;
    }

    private static string? AccountOf(TargetRecord target) => DeployTargets.Find(target.Kind)?.AccountOf(target.Settings);

    private static RecordKey Key(string account, string target) => new(Tables.Index, $"acc.{account}", target);
}
