using System.Security.Cryptography;
using System.Text;
using Certrelay.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Certrelay.App.Http;

/// <summary>
/// Runs a call once for each Idempotency-Key of a caller (draft-ietf-httpapi-idempotency-key-header): a repeated one gets the kept answer. Answers
/// that say "again"
/// (408, 409, 412, 425, 429, from 500 on, and none at all) are not kept.
/// </summary>
public sealed partial class Idempotency(IRecordStore store, Due due, TimeProvider time, ILogger<Idempotency> logger)
{
    internal const string Header = "Idempotency-Key";
    internal const string Replayed = "Idempotency-Replayed";
    private const int LargestBody = 64 * 1024;

    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    // A process that died leaves its claim; no call of this API runs as long as this, the longest ?wait= included.
    private static readonly TimeSpan Abandoned = Waiting.Longest + TimeSpan.FromMinutes(1);

    /// <summary>The key of a request; null when it has none; throws <see cref="ProblemException"/>.</summary>
    internal static string? KeyOf(HttpRequest request, HttpOperation operation)
    {
        // Other methods are idempotent by themselves (RFC 9110 section 9.2.2).
        if (!HttpMethods.IsPost(request.Method) || !request.Headers.TryGetValue(Header, out var values))
            return null;
        if (!operation.Idempotent)
            throw new ProblemException(ProblemCodes.IdempotencyNotOffered);
        return values is [{ Length: > 0 and <= 255 } key] && !key.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? key
            : throw new ProblemException(ProblemCodes.IdempotencyKeyInvalid);
    }

    /// <summary>The answer of the call, or of the one before it under the same key.</summary>
    internal async Task<IResult> OnceAsync(HttpContext context, EdgeCall call, string key, Func<Task<IResult>> run)
    {
        var id = IdempotencyRecord.IdOf(call.Caller.Id, key);
        var (claim, mine) = await ClaimAsync(id, HashOf(context.Request, call.Body.Bytes.Span), context.RequestAborted);
        if (!mine)
        {
            context.Response.Headers[Replayed] = "true";
            var kept = claim.Value;
            return new BufferedAnswer(kept.Status!.Value, kept.ContentType, kept.Location, kept.ETag, kept.Body ?? []);
        }

        BufferedAnswer answer;
        try
        {
            answer = await BufferedAnswer.OfAsync(await run(), context);
        }
        catch
        {
            await SettleAsync(claim, answer: null);
            throw;
        }

        await SettleAsync(claim, answer.StatusCode is 408 or 409 or 412 or 425 or 429 or 499 or >= 500 ? null : answer);
        return answer;
    }

    private async Task<(Stored<IdempotencyRecord> Claim, bool Mine)> ClaimAsync(string id, string request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var fresh = new IdempotencyRecord { Request = request, Started = now, Expires = now + Kept };
        var key = IdempotencyRecord.Key(id);
        if (await store.ReadAsync<IdempotencyRecord>(key, cancellationToken) is not { } before)
        {
            await due.PutAsync(IdempotencyRecord.Hint(id, fresh.Expires), cancellationToken);
            return await store.TryInsertAsync(key, fresh, cancellationToken) is { } claim ? (claim, true) : throw InProgress();
        }

        var abandoned = before.Value.Status is null && before.Value.Started + Abandoned <= now && before.Value.Request == request;
        if (abandoned || before.Value.Expires <= now)
        {
            await due.PutAsync(IdempotencyRecord.Hint(id, fresh.Expires), cancellationToken);
            try
            {
                return (await store.ReplaceAsync(before, fresh, cancellationToken), true);
            }
            catch (RecordConflictException)
            {
                throw InProgress();
            }
        }

        if (before.Value.Request != request)
            throw new ProblemException(ProblemCodes.IdempotencyMismatch);
        return before.Value.Status is null ? throw InProgress() : (before, false);
    }

    /// <summary>Keeps the answer, or drops the claim. The change is done by now, so no fault of this reaches the caller.</summary>
    private async Task SettleAsync(Stored<IdempotencyRecord> claim, BufferedAnswer? answer)
    {
        try
        {
            if (answer is null)
            {
                await store.DeleteAsync(claim, CancellationToken.None);
                return;
            }

            var kept = claim.Value with
            {
                Status = answer.StatusCode,
                ContentType = answer.ContentType,
                Location = answer.Location,
                ETag = answer.ETag,
                Body = answer.Body.Length <= LargestBody ? answer.Body : null,
            };
            await store.ReplaceAsync(claim, kept, CancellationToken.None);
        }
        catch (RecordConflictException)
        {
            Log.TakenOver(logger);
        }
        catch (Transient fault)
        {
            Log.NotKept(logger, fault);
        }
    }

    private static ProblemException InProgress() => new(ProblemCodes.IdempotencyInProgress) { RetryAfter = TimeSpan.FromSeconds(1) };

    private static string HashOf(HttpRequest request, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method}\n{request.Path}{request.QueryString}\n{request.ContentType}\n"));
        hash.AppendData(body);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "A call took so long that a repeated one took over its Idempotency-Key")]
        public static partial void TakenOver(ILogger logger);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The answer could not be kept under its Idempotency-Key")]
        public static partial void NotKept(ILogger logger, Exception fault);
    }
}
