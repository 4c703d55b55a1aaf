using Certrelay.Certificates;
using Certrelay.Watch.Revocation;

namespace Certrelay.Watch.Validation;

/// <summary>What the places that a certificate names gave: certificates whose key signed it, or a sentence for each place that gave none.</summary>
internal sealed record FetchedIssuers(IReadOnlyList<CertificateRecord> Issuers, IReadOnlyList<string> Faults);

/// <summary>Fetches issuers from where certificates say (caIssuers), held to the rules for content. An answer is kept for an hour, a place that gives none is left alone for a minute.</summary>
public sealed class IssuerFetch(ContentFetch fetch, TimeProvider time)
{
    // A certificate has some KB, a bundle of an authority's whole line some more.
    private const int LongestAnswer = 128 * 1024;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);
    private static readonly TimeSpan LeftAlone = TimeSpan.FromMinutes(1);

    private readonly KeptAnswers<Fetched> _answers = new(time);

    /// <summary>The issuers in force that the first place with any gives; only cancellation is thrown.</summary>
    internal async Task<FetchedIssuers> IssuersOfAsync(CertificateRecord certificate, CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        foreach (var url in IssuerSources.Of(certificate))
        {
            var answer = await _answers.GetAsync(url, () => FetchAsync(url, cancellationToken), cancellationToken);
            if (answer.Body is null)
            {
                faults.Add($"{url} {answer.Fault}.");
                continue;
            }

            var (now, came) = (time.GetUtcNow(), IssuerFile.Read(answer.Body));
            var issuers = came.Where(one => one.IsCa && !one.IsSelfSigned() && one.HasIssued(certificate) && one.NotBefore <= now && one.NotAfter > now).ToList();
            if (issuers.Count > 0)
                return new FetchedIssuers(issuers, []);
            // A root there is no fault: the chain ends here, and clients have it or not.
            if (!came.Any(one => one.IsSelfSigned() && one.HasIssued(certificate)))
                faults.Add($"{url} {(came.Count == 0 ? "answers with something else than a certificate" : "answers with certificates that did not issue it, or are not in force")}.");
        }

        return new FetchedIssuers([], faults);
    }

    private async Task<(Fetched Answer, DateTimeOffset? Until, int Bytes)> FetchAsync(string url, CancellationToken cancellationToken)
    {
        var answer = await fetch.FetchAsync(url, post: null, LongestAnswer, LongestWait, cancellationToken);
        return (answer, time.GetUtcNow() + (answer.Body is null ? LeftAlone : Kept), answer.Body?.Length ?? 0);
    }
}
