using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Certrelay.Simulators.Alibaba;

/// <summary>Signature V3 as the vendor's gateway checks it: everything is taken from what came over the wire.</summary>
internal sealed partial class Acs3Check(TimeProvider time, IReadOnlyCollection<AlibabaCredentials> known)
{
    // The vendor's own window.
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    private readonly HashSet<string> _nonces = new(StringComparer.Ordinal);

    /// <summary>Throws <see cref="AlibabaFault"/> unless the signature holds.</summary>
    public void Check(SimulatorRequest request)
    {
        var match = Form().Match(request.Header("Authorization") ?? "");
        if (!match.Success)
            throw new AlibabaFault(400, "IncompleteSignature", "The Authorization header is missing or malformed.");
        var date = request.Header("x-acs-date") ?? throw AlibabaFault.Missing("x-acs-date");
        if (!DateTimeOffset.TryParseExact(date, "yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            || (time.GetUtcNow() - at).Duration() > Window)
        {
            throw new AlibabaFault(400, "InvalidTimeStamp.Expired", "The specified time stamp or date value is expired.");
        }

        var credentials = CredentialsOf(match.Groups["id"].Value, request);
        var names = match.Groups["names"].Value.Split(';');
        var mustBeSigned = request.Headers.Select(static header => header.Key.ToLowerInvariant())
            .Where(static name => name is "host" or "content-type" || name.StartsWith("x-acs-", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal);
        var hash = Convert.ToHexStringLower(SHA256.HashData(request.Body));
        if (!names.SequenceEqual(mustBeSigned) || request.Header("x-acs-content-sha256") != hash || !IsSigned(request, names, hash, match.Groups["signature"].Value, credentials))
            throw new AlibabaFault(400, "SignatureDoesNotMatch", "The request signature does not conform to Aliyun standards.");
        if (request.Header("x-acs-signature-nonce") is not { Length: > 0 } nonce || !_nonces.Add(nonce))
            throw new AlibabaFault(400, "SignatureNonceUsed", "The request signature nonce has been used.");
    }

    private AlibabaCredentials CredentialsOf(string id, SimulatorRequest request)
    {
        var own = known.Where(one => one.AccessKeyId == id).ToList();
        if (own.Count == 0)
            throw new AlibabaFault(404, "InvalidAccessKeyId.NotFound", "The specified access key is not found.");
        var token = request.Header("x-acs-security-token");
        var credentials = own.Find(one => one.SecurityToken == token) ?? throw new AlibabaFault(400, "InvalidSecurityToken.Malformed", "The specified security token is malformed.");
        if (token is not null && request.Header("x-acs-accesskey-id") != id)
            throw new AlibabaFault(400, "InvalidSecurityToken.MismatchWithAccessKey", "The token belongs to another access key.");
        if (credentials.Expires <= time.GetUtcNow())
            throw new AlibabaFault(400, "InvalidSecurityToken.Expired", "The specified security token has expired.");
        return credentials;
    }

    private static bool IsSigned(SimulatorRequest request, string[] names, string hash, string signature, AlibabaCredentials credentials)
    {
        var headers = string.Concat(names.Select(name => $"{name}:{(request.Header(name) ?? "").Trim()}\n"));
        var query = string.Join('&', request.Query.OrderBy(static one => one.Key, StringComparer.Ordinal).ThenBy(static one => one.Value, StringComparer.Ordinal)
            .Select(static one => $"{Uri.EscapeDataString(one.Key)}={Uri.EscapeDataString(one.Value)}"));
        var canonical = $"{request.Method}\n{request.RawPath}\n{query}\n{headers}\n{string.Join(';', names)}\n{hash}";
        var text = $"ACS3-HMAC-SHA256\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(credentials.AccessKeySecret), Encoding.UTF8.GetBytes(text));
        return CryptographicOperations.FixedTimeEquals(Convert.FromHexString(signature), expected);
    }

    [GeneratedRegex(
        @"^ACS3-HMAC-SHA256 Credential=(?<id>[^,\s]+),SignedHeaders=(?<names>[a-z0-9;-]+),Signature=(?<signature>[0-9a-f]{64})\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
