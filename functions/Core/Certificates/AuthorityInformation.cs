using System.Text;

namespace Certrelay.Certificates;

/// <summary>Reads authorityInfoAccess (RFC 5280 section 4.2.2.1): the URLs of the issuer's certificate and of its OCSP responder.</summary>
internal static class AuthorityInformation
{
    private const string CaIssuers = "1.3.6.1.5.5.7.48.2";
    private const string Ocsp = "1.3.6.1.5.5.7.48.1";
    private const int UniformResourceIdentifier = 6;

    public static (IReadOnlyList<string> IssuerUrls, IReadOnlyList<string> OcspUrls) Read(DerReader descriptions)
    {
        var issuers = new List<string>();
        var responders = new List<string>();
        while (descriptions.HasData)
        {
            var description = descriptions.ReadSequence();
            var method = description.ReadOid();
            if (!description.NextIs(DerReader.Context(UniformResourceIdentifier)))
                continue;
            var url = Encoding.Latin1.GetString(description.ReadContent(out _).Span);
            if (method is CaIssuers)
                issuers.Add(url);
            else if (method is Ocsp)
                responders.Add(url);
        }
        return (issuers, responders);
    }
}
