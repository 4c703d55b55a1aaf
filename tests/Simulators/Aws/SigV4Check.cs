using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Certrelay.Simulators.Aws;

/// <summary>Who signed a request, and for which region and service.</summary>
internal sealed record SigV4Caller(AwsKey Key, string Region, string Service);

/// <summary>Signature Version 4 recomputed from what came over the wire, for every service but S3.</summary>
internal static partial class SigV4Check
{
    private const string Scheme = "AWS4-HMAC-SHA256";

    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html: within five minutes of the time stamp.
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    /// <summary>The service in the credential scope; null where the request has none that could be read.</summary>
    public static string? ServiceOf(SimulatorRequest request) =>
        request.Header("authorization") is { } value && Authorization().Match(value) is { Success: true } match ? match.Groups["service"].Value : null;

    /// <summary>The caller; throws <see cref="AuthenticationFaultException"/>.</summary>
    public static SigV4Caller Verify(SimulatorRequest request, IReadOnlyList<AwsKey> keys, DateTimeOffset now)
    {
        if (request.Header("authorization") is not { } header)
            throw new AuthenticationFaultException(AuthenticationFault.MissingToken, "Request is missing Authentication Token");
        if (Authorization().Match(header) is not { Success: true } parts)
            throw Incomplete("Authorization header requires existence of Credential, SignedHeaders and Signature.");
        var stamp = request.Header("x-amz-date") ?? throw Incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
        if (!DateTimeOffset.TryParseExact(stamp, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var signed))
            throw Incomplete("Date must be in ISO-8601 'basic format'.");

        var (date, region, service) = (parts.Groups["date"].Value, parts.Groups["region"].Value, parts.Groups["service"].Value);
        var partition = region.StartsWith("cn-", StringComparison.Ordinal) ? "aws-cn" : "aws";
        var key = keys.FirstOrDefault(one => one.AccessKeyId == parts.Groups["key"].Value && one.Partition == partition)
            ?? throw new AuthenticationFaultException(AuthenticationFault.UnknownKey, "The security token included in the request is invalid.");
        if (request.Header("x-amz-security-token") != key.SessionToken)
            throw new AuthenticationFaultException(AuthenticationFault.WrongToken, "The security token included in the request is invalid.");
        if (!stamp.StartsWith(date, StringComparison.Ordinal))
            throw Mismatch("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.");
        if ((now - signed).Duration() > Window)
            throw new AuthenticationFaultException(AuthenticationFault.Skewed, $"Signature expired: {stamp} is not within {Window.TotalMinutes:0} min. of {now:yyyyMMdd'T'HHmmss'Z'}");

        var names = parts.Groups["names"].Value.Split(';');
        CheckNames(request, names);
        var text = $"{Scheme}\n{stamp}\n{date}/{region}/{service}/aws4_request\n{Hash(Encoding.UTF8.GetBytes(Canonical(request, names)))}";
        var derived = Encoding.UTF8.GetBytes("AWS4" + key.SecretAccessKey);
        foreach (var part in (string[])[date, region, service, "aws4_request"])
            derived = HMACSHA256.HashData(derived, Encoding.UTF8.GetBytes(part));
        if (Convert.ToHexStringLower(HMACSHA256.HashData(derived, Encoding.UTF8.GetBytes(text))) != parts.Groups["signature"].Value)
            throw Mismatch("The request signature we calculated does not match the signature you provided.");
        return new SigV4Caller(key, region, service);
    }

    private static void CheckNames(SimulatorRequest request, string[] names)
    {
        if (!names.SequenceEqual(names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)))
            throw Incomplete("SignedHeaders is not a sorted list.");
        var due = request.Headers.Select(header => header.Key.ToLowerInvariant())
            .Where(name => name is "host" or "content-type" || name.StartsWith("x-amz-", StringComparison.Ordinal));
        if (due.Append("host").FirstOrDefault(name => !names.Contains(name, StringComparer.Ordinal)) is { } unsigned)
            throw Mismatch($"The header {unsigned} must be signed.");
        if (request.Header("x-amz-content-sha256") is { } stated && stated != Hash(request.Body))
            throw Mismatch("The provided 'x-amz-content-sha256' header does not match what was computed.");
    }

    private static string Canonical(SimulatorRequest request, string[] names)
    {
        // Encoded once more as it came, which only S3 does not want.
        var path = string.Join('/', Slashes().Replace(request.RawPath, "/").Split('/').Select(Encode));
        var query = request.Query
            .Select(pair => (Name: Encode(pair.Key), Value: Encode(pair.Value)))
            .OrderBy(pair => pair.Name, StringComparer.Ordinal)
            .ThenBy(pair => pair.Value, StringComparer.Ordinal)
            .Select(pair => $"{pair.Name}={pair.Value}");
        var headers = names.Select(name =>
            $"{name}:{Blanks().Replace(request.Header(name) ?? throw Mismatch($"The header {name} is signed and was not sent."), " ").Trim()}\n");
        return $"{request.Method}\n{path}\n{string.Join('&', query)}\n{string.Concat(headers)}\n{string.Join(';', names)}\n{Hash(request.Body)}";
    }

    private static string Encode(string text) => string.Concat(Encoding.UTF8.GetBytes(text).Select(static one =>
        char.IsAsciiLetterOrDigit((char)one) || one is (byte)'-' or (byte)'_' or (byte)'.' or (byte)'~' ? ((char)one).ToString() : $"%{one:X2}"));

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static AuthenticationFaultException Incomplete(string message) => new(AuthenticationFault.Incomplete, message);

    private static AuthenticationFaultException Mismatch(string message) => new(AuthenticationFault.Mismatch, message);

    [GeneratedRegex(
        "^AWS4-HMAC-SHA256 Credential=(?<key>[^/, ]+)/(?<date>[0-9]{8})/(?<region>[^/, ]+)/(?<service>[^/, ]+)/aws4_request, ?SignedHeaders=(?<names>[^, ]+), ?Signature=(?<signature>[0-9a-f]{64})$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Authorization();

    [GeneratedRegex("/{2,}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Slashes();

    [GeneratedRegex(" {2,}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Blanks();
}
