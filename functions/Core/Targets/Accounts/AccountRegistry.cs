using System.Collections.ObjectModel;
using System.Security.Cryptography;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Vault;

namespace Certrelay.Targets.Accounts;

/// <summary>Accounts: checked whole, stored with their secrets in the vault as <c>acc-&lt;name&gt;</c>, opened for work, and removed.</summary>
public sealed class AccountRegistry(IRecordStore store, IVault vault, Due due, TimeProvider time)
{
    // Between the vault and the record lies one write; a version that no record names after this long belongs to a call that failed or died.
    private static readonly TimeSpan UnderWay = TimeSpan.FromMinutes(2);

    /// <summary>Every fault of a description at once; empty when it can be stored.</summary>
    public IReadOnlyList<SettingsFault> Check(AccountDescription account) => [.. AccountCheck.FaultsOf(account, time.GetUtcNow())];

    /// <summary>The account; null when there is none, or when its deletion has begun.</summary>
    public async Task<Stored<AccountRecord>?> ReadAsync(string name, CancellationToken cancellationToken) =>
        await store.ReadAsync<AccountRecord>(AccountRecord.Key(name), cancellationToken) is { Value.Deleting: false } account ? account : null;

    /// <summary>True when a new account cannot have the name, be it that the former one is still being deleted.</summary>
    public async Task<bool> IsTakenAsync(string name, CancellationToken cancellationToken) =>
        await store.GetAsync(AccountRecord.Key(name), cancellationToken) is not null;

    /// <summary>The accounts in the order of their names, behind one; those whose deletion has begun are among them.</summary>
    public IAsyncEnumerable<AccountRecord> ListAsync(string? after, CancellationToken cancellationToken) =>
        store.ScanAsync(Tables.Accounts, after, cancellationToken).Select(static row => row.As<AccountRecord>().Value);

    /// <summary>
    /// Stores a checked description with its secret as a new account; throws <see cref="RecordConflictException"/> when the name is taken and as
    /// <see cref="IVault"/> does.
    /// </summary>
    public async Task<Stored<AccountRecord>> CreateAsync(AccountDescription account, CancellationToken cancellationToken)
    {
        var key = account.Key ?? throw new ArgumentException("A new account has a secret.", nameof(account));
        var now = time.GetUtcNow();
        var reference = await SealAsync(account, key, cancellationToken);
        var record = With(
            new AccountRecord
            {
                Name = account.Name,
                Vendor = account.Vendor,
                Site = "",
                KeyId = "",
                Credentials = reference,
                SecretChanged = now,
                Created = now,
                Updated = now,
            },
            account);
        return await store.InsertAsync(AccountRecord.Key(account.Name), record, cancellationToken);
    }

    /// <summary>
    /// Replaces an account's description by a checked one, with a new secret when that has one: the former one is removed once the record names the new.
    /// Throws <see cref="RecordConflictException"/> when the account changed meanwhile and as <see cref="IVault"/> does.
    /// </summary>
    public async Task<Stored<AccountRecord>> ChangeAsync(Stored<AccountRecord> old, AccountDescription account, CancellationToken cancellationToken)
    {
        var record = With(old.Value, account) with { Updated = time.GetUtcNow() };
        if (account.Key is not { } key)
            return await store.ReplaceAsync(old, record, cancellationToken);
        var reference = await SealAsync(account, key, cancellationToken);
        var changed = await store.ReplaceAsync(old, record with { Credentials = reference, SecretChanged = record.Updated }, cancellationToken);
        try
        {
            await vault.RemoveVersionAsync(old.Value.Credentials, cancellationToken);
        }
        catch (Transient)
        {
            // The hint of the new version brings somebody who removes it; the change itself is done.
        }

        return changed;
    }

    /// <summary>Removes an account with its secrets; throws <see cref="RecordConflictException"/> when it changed meanwhile.</summary>
    public async Task DeleteAsync(Stored<AccountRecord> account, CancellationToken cancellationToken)
    {
        var name = account.Value.Name;
        // Not at once: a name that is taken again right away shall not lose its new secret to a second removal.
        await due.PutAsync(Hint(name, time.GetUtcNow() + UnderWay), cancellationToken);
        await store.ReplaceAsync(account, account.Value with { Deleting = true }, cancellationToken);
        await CleanUpAsync(name, cancellationToken);
    }

    /// <summary>Removes the versions that the record does not name, and all of an account whose deletion has begun, its own row last.</summary>
    public async Task CleanUpAsync(string name, CancellationToken cancellationToken)
    {
        var account = await store.ReadAsync<AccountRecord>(AccountRecord.Key(name), cancellationToken);
        if (account is { Value.Deleting: true })
        {
            await vault.RemoveAsync(VaultName(name), cancellationToken);
            await RemoveRowsAsync(name, cancellationToken);
            await store.DeleteAsync(account, cancellationToken);
            return;
        }

        var settled = time.GetUtcNow() - UnderWay;
        foreach (var version in await vault.VersionsAsync(VaultName(name), cancellationToken).ToListAsync(cancellationToken))
        {
            if (version.Enabled && version.Reference != account?.Value.Credentials && version.Created < settled)
                await vault.RemoveVersionAsync(version.Reference, cancellationToken);
        }
    }

    /// <summary>
    /// Opens an account for work; the caller disposes it soon. Throws <see cref="Permanent"/> (<c>target.account</c>) when there is none, its secret is gone or its
    /// session has ended, and <see cref="Transient"/> as <see cref="IVault"/> does.
    /// </summary>
    public async Task<AccountCredentials> OpenAsync(string name, CancellationToken cancellationToken)
    {
        VaultReference? missing = null;
        while (true)
        {
            var account = (await ReadAsync(name, cancellationToken))?.Value ?? throw Unusable(name, "does not exist");
            // A session that has ended is not tried: a row of refused calls locks the key at some vendors (Huawei, 5 minutes after 5 of them).
            if (account.SessionExpires <= time.GetUtcNow())
                throw Unusable(name, "has a session that has ended");
            if (account.Credentials == missing)
                throw Unusable(name, "has no secret in the vault");
            if (await vault.GetAsync(account.Credentials, cancellationToken) is { } value)
                return new AccountCredentials(account, value);
            // It was rotated between the two reads, unless the record still says the same.
            missing = account.Credentials;
        }
    }

    /// <summary>Where the secrets of an account lie.</summary>
    public static string VaultName(string account) => $"acc-{account}";

    /// <summary>Budgets, turns and what is known of uploads; the uploads themselves stay with the vendor.</summary>
    private async Task RemoveRowsAsync(string name, CancellationToken cancellationToken)
    {
        await foreach (var row in store.QueryAsync(Tables.Budgets, name, RowRange.All, cancellationToken))
            await store.WriteAsync([new RecordChange.Delete(row.Key, null)], cancellationToken);
        await foreach (var row in store.QueryAsync(Tables.Accounts, name, RowRange.StartingWith("u."), cancellationToken))
            await store.WriteAsync([new RecordChange.Delete(row.Key, null)], cancellationToken);
    }

    private async Task<VaultReference> SealAsync(AccountDescription account, AccountSecret key, CancellationToken cancellationToken)
    {
        await due.PutAsync(Hint(account.Name, time.GetUtcNow() + (2 * UnderWay)), cancellationToken);
        var value = AccountCredentials.Join(key);
        try
        {
            return await vault.PutAsync(VaultName(account.Name), value, ReadOnlyDictionary<string, string>.Empty, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(value);
        }
    }

    private static AccountRecord With(AccountRecord record, AccountDescription account) => record with
    {
        Site = account.Site ?? VendorRules.Of(account.Vendor).Sites[0],
        Region = account.Region,
        Tenant = account.Tenant,
        KeyId = account.KeyId,
        HasSession = account.Key is { } key ? key.SessionToken is not null : record.HasSession,
        SessionExpires = account.Key is { } session ? session.SessionExpires : record.SessionExpires,
    };

    private static DueHint Hint(string name, DateTimeOffset moment) => new(DueKind.Cleanup, KeyText.Truncate(moment), VaultName(name));

    private static Permanent Unusable(string name, string why) => new(FindingCodes.TargetAccount.Code, $"The account '{name}' {why}.");
}
