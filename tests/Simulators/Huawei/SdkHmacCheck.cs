using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Certrelay.Simulators.Huawei;

/// <summary>Recomputes <c>SDK-HMAC-SHA256</c> over what came over the wire, and locks an access key after more than 5 failures in a row.</summary>
/// <remarks>
/// The signed headers are those that the request lists; the path is signed with a slash at its end.
/// The lock is documented (5 minutes); the window of the clock, 15 minutes, is the vendors' usual one.
/// </remarks>
internal sealed class SdkHmacCheck(IReadOnlyList<HuaweiCredentials> known, TimeProvider time)
{
    private const string Scheme = "SDK-HMAC-SHA256";
    private const int Tolerated = 5;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan LockTime = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, (int Failures, DateTimeOffset LockedUntil)> _keys = new(StringComparer.Ordinal);

    /// <summary>Throws <see cref="HuaweiRefusal"/> (401) when the call is not its key's.</summary>
    public void Check(SimulatorRequest request)
    {
        var parts = Parts(request.Header("authorization"));
        var accessKey = parts.GetValueOrDefault("Access") ?? throw Refuse("auth header is missing or incomplete");
        var now = time.GetUtcNow();
        var (failures, lockedUntil) = _keys.GetValueOrDefault(accessKey);
        if (now < lockedUntil)
            throw Refuse("AK access failed to reach the limit,forbidden");
        if (Fault(request, accessKey, parts, now) is not { } fault)
        {
            _keys.Remove(accessKey);
            return;
        }

        failures++;
        _keys[accessKey] = failures > Tolerated ? (0, now + LockTime) : (failures, default);
        throw Refuse(fault);
    }

    private static HuaweiRefusal Refuse(string why) => new(401, HuaweiAnswers.Unauthorized, $"Incorrect IAM authentication information: {why}");

    private string? Fault(SimulatorRequest request, string accessKey, Dictionary<string, string> parts, DateTimeOffset now)
    {
        if (known.FirstOrDefault(one => one.AccessKey == accessKey) is not { } credentials)
            return "Get secretKey failed,err:ak not exist";
        var signed = (parts.GetValueOrDefault("SignedHeaders") ?? "").Split(';');
        if (!signed.Contains("host", StringComparer.Ordinal) || !signed.Contains("x-sdk-date", StringComparer.Ordinal))
            return "the signed headers must include host and x-sdk-date";
        if (request.Header("x-sdk-date") is not { } date || !TryTime(date, out var at))
            return "the header x-sdk-date is missing or malformed";
        if ((now - at).Duration() > Window)
            return "signature expired";
        if (request.Header("x-security-token") != credentials.SecurityToken)
            return "the security token is not this access key's";
        var expected = Signature(request, signed, date, credentials.SecretKey);
        return expected is not null && CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(expected), Encoding.ASCII.GetBytes(parts.GetValueOrDefault("Signature") ?? ""))
            ? null : "verify aksk signature fail";
    }

    private static string? Signature(SimulatorRequest request, IReadOnlyList<string> signed, string date, string secret)
    {
        if (!signed.SequenceEqual(signed.Order(StringComparer.Ordinal)))
            return null;
        var path = string.Join('/', request.RawPath.Split('/').Select(static segment => Encode(Uri.UnescapeDataString(segment))));
        var query = request.RawQuery.Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(static pair => pair.Replace('+', ' ').Split('=', 2))
            .Select(static pair => (Name: Uri.UnescapeDataString(pair[0]), Value: pair.Length == 2 ? Uri.UnescapeDataString(pair[1]) : ""))
            .OrderBy(static pair => pair.Name, StringComparer.Ordinal).ThenBy(static pair => pair.Value, StringComparer.Ordinal)
            .Select(static pair => $"{Encode(pair.Name)}={Encode(pair.Value)}");
        var headers = new StringBuilder();
        foreach (var name in signed)
        {
            if (request.Header(name) is not { } value)
                return null;
            headers.Append(name).Append(':').Append(value.Trim()).Append('\n');
        }

        var canonical = string.Join(
            '\n',
            request.Method,
            path.EndsWith('/') ? path : path + "/",
            string.Join('&', query),
            headers.ToString(),
            string.Join(';', signed),
            request.Header("x-sdk-content-sha256") ?? Hex(SHA256.HashData(request.Body)));
        var text = $"{Scheme}\n{date}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        return Hex(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text)));
    }

    private static Dictionary<string, string> Parts(string? authorization)
    {
        if (authorization?.StartsWith(Scheme + " ", StringComparison.Ordinal) != true)
            return [];
        return authorization[(Scheme.Length + 1)..].Split(',')
            .Select(static part => part.Trim().Split('=', 2))
            .Where(static part => part.Length == 2)
            .GroupBy(static part => part[0], StringComparer.Ordinal)
            .ToDictionary(static group => group.Key, static group => group.First()[1], StringComparer.Ordinal);
    }

    private static bool TryTime(string text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);

    private static string Encode(string text)
    {
        var encoded = new StringBuilder();
        foreach (var one in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterOrDigit((char)one) || "-_.~".Contains((char)one, StringComparison.Ordinal))
                encoded.Append((char)one);
            else
                encoded.Append('%').Append(one.ToString("X2", CultureInfo.InvariantCulture));
        }

        return encoded.ToString();
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
