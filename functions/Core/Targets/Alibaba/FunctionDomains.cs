using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Alibaba;

/// <summary>Settings of the kinds <c>alibaba-fc</c> and <c>alibaba-fc2</c>.</summary>
public sealed record AlibabaFunctionSettings : ICloudSettings, IValidatableObject
{
    [Description("The account whose credentials are used.")]
    [ResourceName]
    public required string Account { get; init; }

    [Description("The region of the functions, such as cn-hangzhou; the account's when absent.")]
    [ResourceName]
    public string? Region { get; init; }

    [Description("The custom domains of the functions.")]
    public required IReadOnlyList<string> Domains { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => ListedDomains.Faults(Domains, DomainMatch.Listed);
}

/// <summary>Custom domains of Function Compute: certificate and key go as PEM; routes and all other settings go back exactly as they were read.</summary>
/// <remarks>FC API 2023-03-30: https://help.aliyun.com/zh/functioncompute/fc-3-0/developer-reference/api-fc-2023-03-30-updatecustomdomain</remarks>
internal sealed class FunctionDomains(AlibabaApi api, string version, CloudAction get, CloudAction update, string region)
{
    // What the product tells of a domain and does not take.
    private static readonly string[] ReadOnly =
        ["accountId", "apiVersion", "createdTime", "domainName", "lastModifiedTime", "subdomainCount", "requestId", "RequestId", "certConfig", "protocol"];

    /// <summary>A kind of one version of the product.</summary>
    public static TargetKind KindOf(string name, string title, string version, CloudAction get, CloudAction update) => TargetKind.Of<AlibabaFunctionSettings>(
        name, title, TimeSpan.FromMinutes(3), (settings, context) =>
        {
            var api = new AlibabaApi(context.Cloud);
            var functions = new FunctionDomains(api, version, get, update, api.Region(settings.Region));
            return new InlineTarget(settings.Domains, functions.ReadAsync, static upload => upload);
        }) with
    {
        Cloud = new CloudKind(CloudVendor.Alibaba, [get, update], $"FC {version}", new DateOnly(2026, 11, 22), "GET the custom domain: the leaf of certConfig.certificate.")
        {
            Check = (session, cancellationToken) => CheckAsync(new AlibabaApi(session), version, get, cancellationToken),
            Gaps =
            [
                "Update only: a domain on HTTP gets its first certificate in the console.",
                "Where the product does not give back the key of what is bound, a restore cannot bring it back: bind it in the console.",
            ],
        },
    };

    private async Task<InlineDomain> ReadAsync(string domain, CancellationToken cancellationToken)
    {
        var (own, leaf, protocol, rest) = await api.CallAsync(
            get, "GET", [version, "custom-domains", domain], [], null,
            static answer => (Material(answer), PemLeaf.Of(answer.Text("certConfig.certificate"))?.Fingerprint, answer.Text("protocol"), JsonMembers.Of(answer, ReadOnly)), domain, cancellationToken, region);
        return leaf is null
            ? InlineDomain.Unfit(domain, FindingCodes.TargetUpdateOnly, "The domain has no certificate; give it its first one in the Function Compute console.")
            : new InlineDomain(domain, leaf, own, (material, token) => UpdateAsync(domain, protocol, rest, material, token)) { Name = own?.Name };
    }

    // A domain that nobody has is not found, which shows that the account may ask.
    private static async Task CheckAsync(AlibabaApi api, string version, CloudAction get, CancellationToken cancellationToken)
    {
        try
        {
            await api.CallAsync(get, "GET", [version, "custom-domains", "certrelay-check.invalid"], [], null, AlibabaApi.Nothing, "", cancellationToken, api.Region(null));
        }
        catch (Permanent fault) when (fault.Code == FindingCodes.CloudNotFound.Code)
        {
            // As expected.
        }
    }

    private static CertificateMaterial? Material(JsonElement answer) =>
        answer.Utf8("certConfig.privateKey") is { Length: > 0 } key && answer.Utf8("certConfig.certificate") is { } chain && answer.Text("certConfig.certName") is { } name
            ? new CertificateMaterial(name, chain, key)
            : null;

    private Task<bool> UpdateAsync(string domain, string? protocol, byte[] rest, CertificateMaterial material, CancellationToken cancellationToken)
    {
        // A domain that answers HTTP alone would not show its certificate.
        var served = protocol is null or "HTTP" ? "HTTP,HTTPS" : protocol;
        var key = Escaped(material.Key.Span);
        try
        {
            return api.CallAsync(
                update, "PUT", [version, "custom-domains", domain], (IReadOnlyList<CloudField>)[],
                new CloudContent("application/json; charset=utf-8",
                [
                    (byte)'{', .. rest, .. Encoding.UTF8.GetBytes($"\"protocol\":{JsonMembers.Text(served)},\"certConfig\":{{\"certName\":{JsonMembers.Text(material.Name)},\"certificate\":\""),
                    .. Escaped(material.Chain.Span), .. "\",\"privateKey\":\""u8, .. key, .. "\"}}"u8,
                ]),
                AlibabaApi.Nothing, domain, cancellationToken, region, AlibabaApi.Write($"puts the certificate on {domain}; routes and other settings go back as they are", null));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>PEM within a JSON text; line feeds are all that it holds of what JSON escapes.</summary>
    private static byte[] Escaped(ReadOnlySpan<byte> pem)
    {
        var escaped = new byte[pem.Length + pem.Count((byte)'\n')];
        var length = 0;
        foreach (var b in pem)
        {
            if (b == (byte)'\n')
                escaped[length++] = (byte)'\\';
            escaped[length++] = b == (byte)'\n' ? (byte)'n' : b;
        }

        return escaped;
    }
}
