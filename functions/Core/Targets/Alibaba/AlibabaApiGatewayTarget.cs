using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Alibaba;

/// <summary>Settings of the kind <c>alibaba-apigateway</c>.</summary>
public sealed record AlibabaApiGatewaySettings : ICloudSettings, IValidatableObject
{
    [Description("The account whose credentials are used.")]
    [ResourceName]
    public required string Account { get; init; }

    [Description("The region of the API group, such as cn-hangzhou; the account's when absent.")]
    [ResourceName]
    public string? Region { get; init; }

    [Description("The id of the API group.")]
    public required string Group { get; init; }

    [Description("The group's own domains.")]
    public required IReadOnlyList<string> Domains { get; init; }

    [Description("The authorities whose client certificates the domains take, as PEM; it goes with each certificate that is put there.")]
    [ClientAuthorities]
    public string? ClientCa { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => ListedDomains.Faults(Domains, DomainMatch.Listed);
}

/// <summary>Puts a certificate on the own domains of an API group of the traditional API Gateway.</summary>
/// <remarks>CloudAPI 2016-07-14: https://help.aliyun.com/zh/api-gateway/traditional-api-gateway/developer-reference/api-cloudapi-2016-07-14-setdomaincertificate</remarks>
internal sealed class AlibabaApiGatewayTarget(AlibabaApiGatewaySettings settings, AlibabaApi api, string region)
{
    public static TargetKind Kind { get; } = TargetKind.Of<AlibabaApiGatewaySettings>(
        "alibaba-apigateway", "Alibaba Cloud API Gateway, traditional", TimeSpan.FromMinutes(3), static (settings, context) =>
        {
            var api = new AlibabaApi(context.Cloud);
            // Names hold no hyphens there.
            return new InlineTarget(settings.Domains, new AlibabaApiGatewayTarget(settings, api, api.Region(settings.Region)).ReadAsync, static upload => upload.Replace('-', '_'));
        }) with
    {
        Cloud = new CloudKind(
            CloudVendor.Alibaba, [AlibabaActions.DescribeDomain, AlibabaActions.SetDomainCertificate], "CloudAPI 2016-07-14", new DateOnly(2026, 11, 22), "DescribeDomain: the leaf of CertificateBody.")
        {
            Check = static (session, cancellationToken) => CheckAsync(new AlibabaApi(session), cancellationToken),
            Gaps =
            [
                "The key travels in the address of the call, as the vendor defines it, unless Clouds:KeysInBody names alibaba.apigateway.SetDomainCertificate.",
                "The authorities of clients go with a certificate, never alone: a change of clientCa takes effect with the next version.",
                "Whether authorities that were given in the console stay when a call names none is not documented: where the group verifies clients, name them in clientCa.",
                "Update only: a domain without a certificate gets its first one in the console.",
            ],
        },
    };

    private async Task<InlineDomain> ReadAsync(string domain, CancellationToken cancellationToken)
    {
        IReadOnlyList<CloudField> named = [new("GroupId", settings.Group), new("DomainName", domain)];
        var (own, leaf, name) = await api.CallAsync(
            AlibabaActions.DescribeDomain, named, static answer => (Material(answer), PemLeaf.Of(answer.Text("CertificateBody"))?.Fingerprint, answer.Text("CertificateName")), domain, cancellationToken, region);
        return leaf is null
            ? InlineDomain.Unfit(domain, FindingCodes.TargetUpdateOnly, "The domain has no certificate; give it its first one in the API Gateway console.")
            : new InlineDomain(domain, leaf, own, (material, token) => KeyForm.SendAsync(
                api, AlibabaActions.SetDomainCertificate,
                [
                    .. named, new("CertificateName", material.Name), new("CertificateBody", Encoding.ASCII.GetString(material.Chain.Span)),
                    .. settings.ClientCa is { } authorities ? [new CloudField("CaCertificateBody", authorities)] : Array.Empty<CloudField>(),
                ],
                [("CertificatePrivateKey", material.Key)], AlibabaApi.Nothing, domain, AlibabaApi.Write($"puts the certificate on {domain}", name), token, region))
            { Name = name };
    }

    // A group that nobody has is not found, which shows that the account may ask.
    private static async Task CheckAsync(AlibabaApi api, CancellationToken cancellationToken)
    {
        try
        {
            await api.CallAsync(
                AlibabaActions.DescribeDomain, [new("GroupId", "certrelay-check"), new("DomainName", "certrelay-check.invalid")], AlibabaApi.Nothing, "", cancellationToken, api.Region(null));
        }
        catch (Permanent fault) when (fault.Code == FindingCodes.CloudNotFound.Code)
        {
            // As expected.
        }
    }

    private static CertificateMaterial? Material(JsonElement answer) =>
        answer.Utf8("CertificatePrivateKey") is { Length: > 0 } key && answer.Utf8("CertificateBody") is { } chain && answer.Text("CertificateName") is { } name
            ? new CertificateMaterial(name, chain, key)
            : null;
}
