using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Certrelay.Simulators.Alibaba;

/// <summary>OSS's signatures V4 and V1 as the vendor checks them: everything is taken from what came over the wire.</summary>
[SuppressMessage("Security", "CA5350", Justification = "V1 is made with SHA-1.")]
[SuppressMessage("Security", "CA5351", Justification = "The vendor asks for the MD5 of the body.")]
internal sealed partial class Oss4Check(TimeProvider time, IReadOnlyCollection<AlibabaCredentials> known)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    /// <summary>The bucket that the signature is for; throws <see cref="AlibabaFault"/> unless it holds for one.</summary>
    /// <param name="buckets">Those that could be meant where the host does not say it.</param>
    public string BucketOf(SimulatorRequest request, IEnumerable<string> buckets)
    {
        var host = request.Header("Host") ?? "";
        var candidates = host.EndsWith(".aliyuncs.com", StringComparison.Ordinal) ? [host.Split('.')[0]] : buckets;
        if (request.Body.Length > 0 && request.Header("Content-MD5") != Convert.ToBase64String(MD5.HashData(request.Body)))
            throw new AlibabaFault(400, "InvalidDigest", "The Content-MD5 is not that of the body.");
        if (V1().Match(request.Header("Authorization") ?? "") is { Success: true } old)
            return candidates.FirstOrDefault(bucket => IsV1(request, bucket, old)) ?? throw Mismatch();
        var match = V4().Match(request.Header("Authorization") ?? "");
        if (!match.Success)
            throw new AlibabaFault(403, "AccessDenied", "The Authorization header is missing or malformed.");
        if (!DateTimeOffset.TryParseExact(request.Header("x-oss-date"), "yyyyMMddTHHmmssZ", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            || (time.GetUtcNow() - at).Duration() > Window)
        {
            throw new AlibabaFault(403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.");
        }

        var credentials = CredentialsOf(match.Groups["id"].Value, request.Header("x-oss-security-token"));
        return candidates.FirstOrDefault(bucket => IsV4(request, bucket, match, credentials)) ?? throw Mismatch();
    }

    private static AlibabaFault Mismatch() => new(403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided.");

    private AlibabaCredentials CredentialsOf(string id, string? token)
    {
        var own = known.FirstOrDefault(one => one.AccessKeyId == id && one.SecurityToken == token) ?? throw new AlibabaFault(403, "InvalidAccessKeyId", "The access key id does not exist.");
        return own.Expires <= time.GetUtcNow() ? throw new AlibabaFault(403, "SecurityTokenExpired", "The security token has expired.") : own;
    }

    private static bool IsV4(SimulatorRequest request, string bucket, Match match, AlibabaCredentials credentials)
    {
        var (date, region) = (match.Groups["date"].Value, match.Groups["region"].Value);
        var headers = string.Concat(request.Headers
            .Select(static header => (Name: header.Key.ToLowerInvariant(), header.Value))
            .Where(static header => header.Name is "content-type" or "content-md5" || header.Name.StartsWith("x-oss-", StringComparison.Ordinal))
            .Where(static header => header.Value.Length > 0)
            .OrderBy(static header => header.Name, StringComparer.Ordinal).Select(static header => $"{header.Name}:{header.Value.Trim()}\n"));
        var canonical = $"{request.Method}\n/{bucket}{request.RawPath}\n{Query(request)}\n{headers}\n\n{request.Header("x-oss-content-sha256")}";
        var text = $"OSS4-HMAC-SHA256\n{request.Header("x-oss-date")}\n{date}/{region}/oss/aliyun_v4_request\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = Encoding.UTF8.GetBytes($"aliyun_v4{credentials.AccessKeySecret}");
        foreach (var part in (string[])[date, region, "oss", "aliyun_v4_request"])
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        return CryptographicOperations.FixedTimeEquals(Convert.FromHexString(match.Groups["signature"].Value), HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
    }

    private bool IsV1(SimulatorRequest request, string bucket, Match match)
    {
        var credentials = CredentialsOf(match.Groups["id"].Value, request.Header("x-oss-security-token"));
        var headers = string.Concat(request.Headers.Where(static header => header.Key.StartsWith("x-oss-", StringComparison.OrdinalIgnoreCase))
            .Select(static header => $"{header.Key.ToLowerInvariant()}:{header.Value.Trim()}\n").Order(StringComparer.Ordinal));
        var query = Query(request);
        var text = $"{request.Method}\n{request.Header("Content-MD5")}\n{request.Header("Content-Type")}\n{request.Header("x-oss-date") ?? request.Header("Date")}\n{headers}/{bucket}{request.RawPath}{(query.Length > 0 ? "?" : "")}{query}";
        return match.Groups["signature"].Value == Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(credentials.AccessKeySecret), Encoding.UTF8.GetBytes(text)));
    }

    private static string Query(SimulatorRequest request) => string.Join('&', request.Query.OrderBy(static one => one.Key, StringComparer.Ordinal)
        .Select(static one => one.Value.Length == 0 ? Uri.EscapeDataString(one.Key) : $"{Uri.EscapeDataString(one.Key)}={Uri.EscapeDataString(one.Value)}"));

    [GeneratedRegex(
        @"^OSS4-HMAC-SHA256 Credential=(?<id>[^/,\s]+)/(?<date>\d{8})/(?<region>[a-z0-9-]+)/oss/aliyun_v4_request,Signature=(?<signature>[0-9a-f]{64})\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex V4();

    [GeneratedRegex(@"^OSS (?<id>[^:\s]+):(?<signature>\S+)\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex V1();
}
