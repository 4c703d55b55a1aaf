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
/// Asks the sources that a certificate names: OCSP first, as it is small, then revocation lists. A list is fetched once an hour for all certificates of an issuer, and a
/// source that does not answer is left alone for a minute.
/// </summary>
public sealed class RevocationCheck(ContentFetch fetch, TimeProvider time)
{
    // Large public lists have some megabytes; an answer has some hundred bytes.
    private const int LongestList = 16 * 1024 * 1024;
    private const int LongestAnswer = 64 * 1024;
    private const int MostSources = 3;

    // Of clocks, in either direction.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    // An issuer may publish before the next answer is due, and does when it revokes.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private static readonly TimeSpan LeftAlone = TimeSpan.FromMinutes(1);

    private readonly KeptAnswers<Judged<OcspResponse>> _responses = new(time);
    private readonly KeptAnswers<Judged<RevocationList>> _lists = new(time);
    private readonly KeptAnswers<Fetched> _silent = new(time);

    /// <summary>Null when the certificate names no source; <paramref name="issuer"/> must have signed it. Only cancellation is thrown.</summary>
    public async Task<RevocationReading?> CheckAsync(CertificateRecord certificate, CertificateRecord issuer, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var (responders, lists) = (certificate.Extensions.OcspUrls.Take(MostSources).ToList(), certificate.Extensions.CrlUrls.Take(MostSources).ToList());
        if (responders.Count + lists.Count == 0)
            return null;
        var faults = new List<string>();
        foreach (var url in responders)
        {
            var (response, fault) = await _responses.GetAsync($"{certificate.Fingerprint} {url}", () => AskAsync(url, certificate, issuer, timeout, cancellationToken), cancellationToken);
            if (response is not null)
                return Reading(response.RevokedAt, url, faults);
            faults.Add($"{url} {fault}");
        }

        foreach (var url in lists)
        {
            var (list, fault) = await _lists.GetAsync($"{issuer.Fingerprint} {url}", () => ReadListAsync(url, issuer, timeout, cancellationToken), cancellationToken);
            if (list is not null)
                return Reading(list.RevokedAt(certificate.Serial), url, faults);
            faults.Add($"{url} {fault}");
        }

        return new RevocationReading(RevocationState.Unknown, Source: null, RevokedAt: null, faults);
    }

    private static RevocationReading Reading(DateTimeOffset? revokedAt, string url, List<string> faults) =>
        new(revokedAt is null ? RevocationState.Good : RevocationState.Revoked, url, revokedAt, faults);

    private async Task<(Judged<OcspResponse> Answer, DateTimeOffset? Until, int Bytes)> AskAsync(
        string url, CertificateRecord certificate, CertificateRecord issuer, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var question = new ByteArrayContent(OcspRequest.Encode(certificate, issuer));
        question.Headers.ContentType = new MediaTypeHeaderValue("application/ocsp-request");
        var (body, fault) = await GetAsync(url, question, LongestAnswer, timeout, cancellationToken);
        var now = time.GetUtcNow();
        OcspResponse? response = null;
        if (body is not null && OcspResponse.TryRead(body, certificate, issuer, now, out response, out fault))
            fault = !response.IsKnown ? "does not know the certificate" : FaultOf(response.ThisUpdate, response.NextUpdate, now);
        return Judge(response, fault, response?.NextUpdate, body);
    }

    private async Task<(Judged<RevocationList> Answer, DateTimeOffset? Until, int Bytes)> ReadListAsync(
        string url, CertificateRecord issuer, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var (body, fault) = await GetAsync(url, post: null, LongestList, timeout, cancellationToken);
        RevocationList? list = null;
        if (body is not null && RevocationList.TryRead(body, issuer, out list, out fault))
            fault = FaultOf(list.ThisUpdate, list.NextUpdate, time.GetUtcNow());
        return Judge(list, fault, list?.NextUpdate, body);
    }

    private (Judged<T> Answer, DateTimeOffset? Until, int Bytes) Judge<T>(T? answer, string? fault, DateTimeOffset? nextUpdate, byte[]? body)
        where T : class
    {
        var now = time.GetUtcNow();
        if (fault is not null)
            return (new Judged<T>(null, fault), null, 0);
        return (new Judged<T>(answer, null), nextUpdate < now + Longest ? nextUpdate : now + Longest, body!.Length);
    }

    private Task<Fetched> GetAsync(string url, HttpContent? post, int mostBytes, TimeSpan timeout, CancellationToken cancellationToken) => _silent.GetAsync(
        url,
        async () =>
        {
            var fetched = await fetch.FetchAsync(url, post, mostBytes, timeout, cancellationToken);
            return (fetched, fetched.Body is null ? time.GetUtcNow() + LeftAlone : null, 0);
        },
        cancellationToken);

    private static string? FaultOf(DateTimeOffset thisUpdate, DateTimeOffset? nextUpdate, DateTimeOffset now)
    {
        if (thisUpdate > now + Skew)
            return "is of a time to come";
        return nextUpdate < now - Skew ? "is out of date" : null;
    }

    /// <summary>What a source answered, or a clause that tells why it does not count.</summary>
    private sealed record Judged<T>(T? Answer, string? Fault);
}
