using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Certrelay.Simulators.Tencent;

/// <summary>Signature V3 as the vendor's gateway checks it: everything is taken from what came over the wire.</summary>
internal sealed partial class Tc3Check(TimeProvider time, IReadOnlyCollection<TencentCredentials> known)
{
    // The vendor's own window.
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    /// <summary>The service that the call is for, from the scope of its credential; throws <see cref="TencentFault"/>.</summary>
    public string ServiceOf(SimulatorRequest request)
    {
        var match = Form().Match(request.Header("Authorization") ?? "");
        if (!match.Success)
            throw new TencentFault("AuthFailure.InvalidAuthorization", "The Authorization header is missing or malformed.");
        var seconds = request.Header("X-TC-Timestamp") ?? throw TencentFault.Missing("X-TC-Timestamp");
        if (!long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var epoch))
            throw TencentFault.Invalid("X-TC-Timestamp is not a number of seconds.");
        var at = DateTimeOffset.FromUnixTimeSeconds(epoch);
        if ((time.GetUtcNow() - at).Duration() > Window)
            throw new TencentFault("AuthFailure.SignatureExpire", "The signature has expired: the clocks are more than five minutes apart.");

        var (date, service) = (match.Groups["date"].Value, match.Groups["service"].Value);
        var credentials = CredentialsOf(match.Groups["id"].Value, request.Header("X-TC-Token"));
        var names = match.Groups["names"].Value.Split(';');
        var text = $"TC3-HMAC-SHA256\n{seconds}\n{date}/{service}/tc3_request\n{HashOf(request, names)}";
        var good = date == at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            && names.Contains("content-type") && names.Contains("host")
            && CryptographicOperations.FixedTimeEquals(Convert.FromHexString(match.Groups["signature"].Value), credentials.Sign(date, service, text));
        if (!good)
            throw new TencentFault("AuthFailure.SignatureFailure", "The provided credentials could not be validated. Please check your signature is correct.");
        // The gateway of one service knows no other: its name is the first label of the host. On loopback there is no such label.
        if (request.Header("Host") is { } host && host.Contains("tencentcloudapi.com", StringComparison.Ordinal) && host.Split('.')[0] != service)
            throw new TencentFault("AuthFailure.SignatureFailure", $"The credential is for {service}, and the call came to {host}.");
        return service;
    }

    private TencentCredentials CredentialsOf(string id, string? token)
    {
        var own = known.Where(one => one.SecretId == id).ToList();
        if (own.Count == 0)
            throw new TencentFault("AuthFailure.SecretIdNotFound", "The SecretId is not found. Please ensure that it is correct.");
        return own.Find(one => one.Token == token) ?? throw new TencentFault("AuthFailure.TokenFailure", "The token is invalid.");
    }

    private static string HashOf(SimulatorRequest request, string[] names)
    {
        var headers = string.Concat(names.Select(name => $"{name}:{(request.Header(name) ?? "").Trim().ToLowerInvariant()}\n"));
        var canonical = $"{request.Method}\n{request.RawPath}\n{request.RawQuery}\n{headers}\n{string.Join(';', names)}\n{Hash(request.Body)}";
        return Hash(Encoding.UTF8.GetBytes(canonical));
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    [GeneratedRegex(
        @"^TC3-HMAC-SHA256 Credential=(?<id>[^/,\s]+)/(?<date>\d{4}-\d\d-\d\d)/(?<service>[a-z]+)/tc3_request, SignedHeaders=(?<names>[a-z0-9;-]+), Signature=(?<signature>[0-9a-f]{64})\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
