using System.Buffers.Text;
using System.Text;
using Certrelay.Records.Lists;
using Microsoft.AspNetCore.Http;

namespace Certrelay.App.Http;

/// <summary>One page of a listing; <paramref name="Next"/> is what to send as <c>after</c> for the next one, absent on the last.</summary>
public sealed record PageOf<T>(IReadOnlyList<T> Items, string? Next = null);

/// <summary>Which page a caller asks for: how many items, and behind which key.</summary>
public readonly record struct PageRequest(int Limit, string? After)
{
    public const string LimitName = "limit";
    public const string AfterName = "after";
    public const int LargestLimit = 500;
    private const int UsualLimit = 100;

    /// <summary>The page that a request asks for; throws <see cref="ProblemException"/> (<c>query.invalid</c>).</summary>
    internal static PageRequest Of(HttpRequest request) => new(request.WholeNumber(LimitName, 1, LargestLimit) ?? UsualLimit, Key(request));

    private static string? Key(HttpRequest request)
    {
        if (request.Query[AfterName].FirstOrDefault() is not { } cursor)
            return null;
        Span<byte> bytes = stackalloc byte[1024];
        // A record key is printable ASCII; nothing else ever came out of here.
        return cursor.Length <= 1024 && Base64Url.IsValid(cursor) && Base64Url.TryDecodeFromChars(cursor, bytes, out var length)
            && !bytes[..length].ContainsAnyExceptInRange((byte)0x20, (byte)0x7e)
                ? Encoding.ASCII.GetString(bytes[..length])
                : throw QueryValues.Invalid(AfterName, "is not the next of a page");
    }
}

/// <summary>Makes pages of ordered sources.</summary>
public static class Paging
{
    /// <summary>How many rows a page looks at: one with a narrow filter may hold less than was asked for, or nothing, and still have a next.</summary>
    public const int MostLookedAt = 2000;

    extension(HttpRequest request)
    {
        /// <summary>The page that the caller asks for; the function carries <see cref="PagedAttribute"/>.</summary>
        public PageRequest Page => PageRequest.Of(request);
    }

    extension<T>(IAsyncEnumerable<Listed<T>> source)
        where T : class
    {
        /// <summary>The next items of a list as views, of at most <see cref="MostLookedAt"/> rows.</summary>
        public async Task<PageOf<TView>> ToPageAsync<TView>(
            PageRequest page, Func<T, bool> maySee, Func<T, TView> view, CancellationToken cancellationToken)
        {
            var (items, looked, last) = (new List<TView>(), 0, "");
            await foreach (var row in source.WithCancellation(cancellationToken))
            {
                var isItem = row.Item is { } item && maySee(item);
                if (looked++ == MostLookedAt || (isItem && items.Count == page.Limit))
                    return new PageOf<TView>(items, Cursor(last));
                if (isItem)
                    items.Add(view(row.Item!));
                // Behind a full page the next one begins at its last item, so that the item after it is not passed over.
                if (isItem || items.Count < page.Limit)
                    last = row.Cursor;
            }

            return new PageOf<TView>(items);
        }
    }

    extension<T>(IAsyncEnumerable<T> source)
    {
        /// <summary>
        /// The first items of a source that begins behind <see cref="PageRequest.After"/>, as views. <paramref name="keyOf"/> gives the key to go
        /// on behind: stable, ASCII, at most 512 long.
        /// </summary>
        public async Task<PageOf<TView>> ToPageAsync<TView>(
            PageRequest page, Func<T, string> keyOf, Func<T, TView> view, CancellationToken cancellationToken)
        {
            var items = await source.Take(page.Limit + 1).ToListAsync(cancellationToken);
            var next = items.Count > page.Limit ? Cursor(keyOf(items[page.Limit - 1])) : null;
            return new PageOf<TView>([.. items.Take(page.Limit).Select(view)], next);
        }
    }

    private static string Cursor(string key) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(key));
}
