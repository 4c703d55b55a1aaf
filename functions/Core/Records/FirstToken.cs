using System.Text;

namespace Certrelay.Records;

/// <summary>
/// The first admin token: where its file lies, and its text when this call made or rescued it, to be shown on a terminal and nowhere else.
/// </summary>
public sealed record FirstToken(string File, string? Text)
{
    /// <summary>The well-known id: whoever inserts its row first has made the token.</summary>
    public const string Id = "admin";

    private const string FileName = "admin-token";
    private const string Pending = ".pending";

    /// <summary>
    /// Makes the token unless it exists. The text is durable in a file of this process before the row is inserted, so that a crash in between loses
    /// nothing:
    /// the next start finds the file whose hash the row holds. Two processes at once agree, because only one insert succeeds.
    /// </summary>
    public static async Task<FirstToken> EnsureAsync(IRecordStore store, string folder, TimeProvider time, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, FileName);
        var key = TokenRecord.Key(Id);
        if (await store.ReadAsync<TokenRecord>(key, cancellationToken) is { } existing)
            return new FirstToken(file, Adopt(folder, file, existing.Value.Hash));

        var secret = TokenText.NewSecret();
        var text = TokenText.Of(Id, secret);
        var pending = Path.Combine(folder, $"{FileName}.{TokenText.NewId()}{Pending}");
        AtomicFile.Create(pending, Encoding.ASCII.GetBytes(text + "\n"), FileStamp.OwnerOnly);
        var record = new TokenRecord
        {
            Hash = TokenText.Hash(secret),
            Description = "First admin token",
            Roles = [Role.Admin],
            Created = time.GetUtcNow(),
            CreatedBy = "first start",
        };
        if (await store.TryInsertAsync(key, record, cancellationToken) is null)
            record = (await store.ReadAsync<TokenRecord>(key, cancellationToken))?.Value ?? throw new RecordConflictException(key, "the row is gone");
        // A process that lost the race may have adopted the file already: then the winner still shows its text.
        var adopted = Adopt(folder, file, record.Hash);
        return new FirstToken(file, adopted ?? (record.Hash == TokenText.Hash(secret) ? text : null));
    }

    /// <summary>Gives the pending file of the row's token its final name and drops the others, whose makers cannot win any more.</summary>
    private static string? Adopt(string folder, string file, string hash)
    {
        string? adopted = null;
        foreach (var pending in Directory.GetFiles(folder, $"{FileName}.*{Pending}"))
        {
            if (ReadOrNull(pending) is { } text && TokenText.TryParse(text, out _, out var secret) && TokenText.Hash(secret) == hash)
            {
                AtomicFile.Replace(file, Encoding.ASCII.GetBytes(text + "\n"), FileStamp.OwnerOnly);
                adopted = text;
            }

            System.IO.File.Delete(pending);
        }

        return adopted;
    }

    private static string? ReadOrNull(string path)
    {
        try
        {
            return System.IO.File.ReadAllText(path, Encoding.ASCII).Trim();
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
