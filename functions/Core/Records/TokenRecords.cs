using System.Security.Cryptography;
using System.Text;

namespace Certrelay.Records;

/// <summary>A token just made: the only moment at which its text exists.</summary>
public sealed record IssuedToken(string Id, string Text, Stored<TokenRecord> Record);

/// <summary>Makes, finds and revokes bearer tokens.</summary>
public sealed class TokenRecords(IRecordStore store, TimeProvider time)
{
    private const string Table = "Tokens";

    // A write an hour tells whether a token is in use; a write a call would double the cost of every read.
    private static readonly TimeSpan UseGrain = TimeSpan.FromHours(1);

    // Compared with when there is no such token, so that an unknown id takes as long as a wrong secret.
    private static readonly string NoHash = new('0', 64);

    /// <summary>Makes a token with the roles, scope, description and expiry of a grant.</summary>
    public async Task<IssuedToken> IssueAsync(
        string description, IReadOnlyList<Role> roles, IReadOnlyList<string>? scope, DateTimeOffset? expires, string by,
        CancellationToken cancellationToken)
    {
        var (id, secret) = (TokenText.NewId(), TokenText.NewSecret());
        var record = new TokenRecord
        {
            Hash = TokenText.Hash(secret),
            Description = description,
            Roles = roles,
            Scope = scope,
            Created = time.GetUtcNow(),
            CreatedBy = by,
            Expires = expires,
        };
        return new IssuedToken(id, TokenText.Of(id, secret), await store.InsertAsync(TokenRecord.Key(id), record, cancellationToken));
    }

    /// <summary>One token; null when there is none.</summary>
    public async Task<Stored<TokenRecord>?> FindAsync(string id, CancellationToken cancellationToken) =>
        TokenText.IsId(id) ? await store.ReadAsync<TokenRecord>(TokenRecord.Key(id), cancellationToken) : null;

    /// <summary>All tokens by id, beginning after one.</summary>
    public IAsyncEnumerable<Stored<TokenRecord>> ListAsync(string? after, CancellationToken cancellationToken) =>
        store.ScanAsync(Table, after, cancellationToken).Select(static row => row.As<TokenRecord>());

    /// <summary>The active token of a text; null for anything else, in the same time.</summary>
    public async Task<Stored<TokenRecord>?> AuthenticateAsync(string? text, CancellationToken cancellationToken)
    {
        if (!TokenText.TryParse(text, out var id, out var secret))
            return null;
        var token = await FindAsync(id, cancellationToken);
        var same = CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(token?.Value.Hash ?? NoHash), Encoding.ASCII.GetBytes(TokenText.Hash(secret)));
        var now = time.GetUtcNow();
        if (token is null || !same || !token.Value.IsActive(now))
            return null;
        return token.Value.LastUsed is { } last && now - last < UseGrain ? token : await TouchAsync(token, now, cancellationToken);
    }

    /// <summary>
    /// Ends a token at once; one that has ended stays as it is. Throws <see cref="RecordConflictException"/> when others keep changing it.
    /// </summary>
    public async Task RevokeAsync(Stored<TokenRecord> token, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (token.Value.Revoked is not null)
                return;
            try
            {
                await store.ReplaceAsync(token, token.Value with { Revoked = time.GetUtcNow() }, cancellationToken);
                return;
            }
            catch (RecordConflictException) when (attempt < 4)
            {
                // Its use was noted meanwhile.
                token = await store.ReadAsync<TokenRecord>(token.Key, cancellationToken)
                    ?? throw new RecordConflictException(token.Key, "the row is gone");
            }
        }
    }

    private async Task<Stored<TokenRecord>> TouchAsync(Stored<TokenRecord> token, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            return await store.ReplaceAsync(token, token.Value with { LastUsed = now }, cancellationToken);
        }
        catch (Exception fault) when (fault is RecordConflictException or Transient)
        {
            // Another call noted it, or the token is being revoked, which the next call sees; and a full disk shall not keep anyone from reading.
            return token;
        }
    }
}
