using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Certrelay.Certificates;

namespace Certrelay.Watch.Revocation;

/// <summary>Whether an issuer took a certificate back.</summary>
public enum RevocationState
{
    /// <summary>Nobody told; no fault of the certificate.</summary>
    Unknown,

    Good,

    Revoked,
}

/// <summary>What was learned, from where, and why not when nothing was.</summary>
/// <param name="Source">The URL that answered; null when none did.</param>
/// <param name="Faults">One clause for each source that did not answer.</param>
public sealed record RevocationReading(RevocationState State, string? Source, DateTimeOffset? RevokedAt, IReadOnlyList<string> Faults);

/// <summary>
/// Asks the sources that a certificate names: OCSP first, as it is small, then revocation lists. Answers are kept until the issuer's next one is due.
/// </summary>
public sealed class RevocationCheck(ContentFetch fetch, TimeProvider time)
{
    // Large public lists have some megabytes; an answer has some hundred bytes.
    private const int LongestList = 16 * 1024 * 1024;
    private const int LongestAnswer = 64 * 1024;
    private const int MostKept = 256;
    private const long MostBytesKept = 64L * 1024 * 1024;
    private const int MostSources = 3;

    // Of clocks, in either direction.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, (byte[] Body, DateTimeOffset Until)> _kept = new(StringComparer.Ordinal);
    private long _keptBytes;

    /// <summary>Null when the certificate names no source; <paramref name="issuer"/> must have signed it. Only cancellation is thrown.</summary>
    public async Task<RevocationReading?> CheckAsync(CertificateRecord certificate, CertificateRecord issuer, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var (responders, lists) = (certificate.Extensions.OcspUrls.Take(MostSources).ToList(), certificate.Extensions.CrlUrls.Take(MostSources).ToList());
        if (responders.Count + lists.Count == 0)
            return null;
        var faults = new List<string>();
        foreach (var url in responders)
        {
            if (await AskAsync(url, certificate, issuer, timeout, faults, cancellationToken) is { } reading)
                return reading;
        }

        foreach (var url in lists)
        {
            if (await ReadListAsync(url, certificate, issuer, timeout, faults, cancellationToken) is { } reading)
                return reading;
        }

        return new RevocationReading(RevocationState.Unknown, Source: null, RevokedAt: null, faults);
    }

    private async Task<RevocationReading?> AskAsync(
        string url, CertificateRecord certificate, CertificateRecord issuer, TimeSpan timeout, List<string> faults, CancellationToken cancellationToken)
    {
        using var question = new ByteArrayContent(OcspRequest.Encode(certificate, issuer));
        question.Headers.ContentType = new MediaTypeHeaderValue("application/ocsp-request");
        var key = $"{certificate.Fingerprint} {url}";
        var (body, fault) = await GetAsync(key, url, question, LongestAnswer, timeout, cancellationToken);
        var now = time.GetUtcNow();
        OcspResponse? response = null;
        if (body is not null && OcspResponse.TryRead(body, certificate, issuer, now, out response, out fault))
            fault = !response.IsKnown ? "does not know the certificate" : FaultOf(response.ThisUpdate, response.NextUpdate, now);
        if (fault is null)
        {
            Keep(key, body!, response!.NextUpdate);
            return new RevocationReading(response.RevokedAt is null ? RevocationState.Good : RevocationState.Revoked, url, response.RevokedAt, faults);
        }

        faults.Add($"{url} {fault}");
        return null;
    }

    private async Task<RevocationReading?> ReadListAsync(
        string url, CertificateRecord certificate, CertificateRecord issuer, TimeSpan timeout, List<string> faults, CancellationToken cancellationToken)
    {
        var (body, fault) = await GetAsync(url, url, post: null, LongestList, timeout, cancellationToken);
        RevocationList? list = null;
        if (body is not null && RevocationList.TryRead(body, issuer, out list, out fault))
            fault = FaultOf(list.ThisUpdate, list.NextUpdate, time.GetUtcNow());
        if (fault is null)
        {
            Keep(url, body!, list!.NextUpdate);
            var revokedAt = list.RevokedAt(certificate.Serial);
            return new RevocationReading(revokedAt is null ? RevocationState.Good : RevocationState.Revoked, url, revokedAt, faults);
        }

        faults.Add($"{url} {fault}");
        return null;
    }

    private async Task<Fetched> GetAsync(string key, string url, HttpContent? post, int mostBytes, TimeSpan timeout, CancellationToken cancellationToken) =>
        _kept.TryGetValue(key, out var kept) && kept.Until > time.GetUtcNow()
            ? new Fetched(kept.Body, null)
            : await fetch.FetchAsync(url, post, mostBytes, timeout, cancellationToken);

    private static string? FaultOf(DateTimeOffset thisUpdate, DateTimeOffset? nextUpdate, DateTimeOffset now)
    {
        if (thisUpdate > now + Skew)
            return "is of a time to come";
        return nextUpdate < now - Skew ? "is out of date" : null;
    }

    private void Keep(string key, byte[] body, DateTimeOffset? until)
    {
        if (until is null || until <= time.GetUtcNow())
            return;
        // Seldom full; starting anew costs each source one request.
        if (_kept.Count >= MostKept || Interlocked.Read(ref _keptBytes) + body.Length > MostBytesKept)
        {
            _kept.Clear();
            Interlocked.Exchange(ref _keptBytes, 0);
        }

        if (_kept.TryAdd(key, (body, until.Value)))
            Interlocked.Add(ref _keptBytes, body.Length);
        else
            _kept[key] = (body, until.Value);
    }
}
