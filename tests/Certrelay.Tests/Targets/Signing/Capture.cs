using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Certrelay.Targets.Alibaba;
using Certrelay.Targets.Aws;
using Certrelay.Targets.Huawei;
using Certrelay.Targets.Signing;
using Certrelay.Targets.Tencent;
using Certrelay.Vault;

namespace Certrelay.Tests.Targets.Signing;

/// <summary>One request of a vendor's official client, as recorded: its parts, and the signers' answer to them.</summary>
internal sealed partial class Capture
{
    // What a signer adds by itself; the other headers of a capture are the caller's.
    private static readonly string[] Added =
    [
        "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256", "x-acs-accesskey-id", "x-acs-security-token",
        "x-oss-date", "x-oss-content-sha256", "x-oss-security-token", "content-md5",
        "x-tc-timestamp", "x-tc-token", "x-sdk-date", "x-security-token", "x-amz-date", "x-amz-security-token",
        "host", "content-type", "authorization",
    ];

    private readonly JsonElement _root;

    private Capture(JsonElement root) => _root = root;

    public static Capture Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return new Capture(document.RootElement.Clone());
    }

    public string Method => Text("method");

    /// <summary>The header that carries the signature; null for a call without one.</summary>
    public string? Authorization => Header("authorization") is { } value && !value.StartsWith("Bearer ", StringComparison.Ordinal) ? value : null;

    public string Scheme => Authorization!.Split(' ')[0];

    public byte[] Body => Encoding.UTF8.GetBytes(Text("body"));

    public string? Header(string name) => _root.GetProperty("headers").EnumerateArray()
        .Where(header => string.Equals(header.GetProperty("name").GetString(), name, StringComparison.OrdinalIgnoreCase))
        .Select(header => header.GetProperty("value").GetString())
        .FirstOrDefault();

    public CloudCredentials Credentials(string? secret = null) => new(
        Credential("accessKeyId", "secretId", "ak")!,
        new Secret(Encoding.UTF8.GetBytes(secret ?? Credential("accessKeySecret", "secretKey", "sk", "secretAccessKey")!)),
        Credential("securityToken", "token", "sessionToken"));

    /// <summary>The request; the parts that are given stand in for the recorded ones.</summary>
    public CloudRequest Request(byte[]? body = null, string? method = null, string? path = null, string? query = null)
    {
        body ??= Body;
        return new CloudRequest
        {
            Method = method ?? Method,
            Endpoint = new Uri($"{Text("scheme")}://{Text("host")}"),
            Path = [.. (path ?? Text("path"))[1..].Split('/').Select(Uri.UnescapeDataString)],
            Query = [.. Pairs(query ?? Text("query"))],
            Headers = [.. OwnHeaders()],
            Content = Header("content-type") is { } type && IsSigned("content-type") ? new CloudContent(type, body)
                : body.Length > 0 ? throw new InvalidOperationException("The body has no signed content type.")
                : null,
        };
    }

    public IReadOnlyList<CloudField> Sign(CloudRequest request, CloudCredentials credentials) => Scheme switch
    {
        "ACS3-HMAC-SHA256" => Acs3Signer.Sign(request, credentials, Time("x-acs-date", "yyyy-MM-ddTHH:mm:ssZ"), Header("x-acs-signature-nonce")!),
        "OSS4-HMAC-SHA256" => OssV4Signer.Sign(request, Bucket, Scope[2], credentials, Time("x-oss-date", "yyyyMMddTHHmmssZ")),
        "OSS" => OssV1Signer.Sign(request, Bucket, credentials, Time(Header("x-oss-date") is null ? "date" : "x-oss-date", "R")),
        "TC3-HMAC-SHA256" => Tc3Signer.Sign(request, Scope[2], credentials, DateTimeOffset.FromUnixTimeSeconds(long.Parse(Header("x-tc-timestamp")!, CultureInfo.InvariantCulture))),
        "SDK-HMAC-SHA256" => SdkHmacSigner.Sign(request, credentials, Time("x-sdk-date", "yyyyMMddTHHmmssZ")),
        "AWS4-HMAC-SHA256" => SigV4Signer.Sign(request, Scope[2], Scope[3], credentials, Time("x-amz-date", "yyyyMMddTHHmmssZ")),
        _ => throw new InvalidOperationException($"No signer makes {Scheme}."),
    };

    private string Bucket => _root.GetProperty("input").TryGetProperty("bucket", out var bucket) ? bucket.GetString()! : Text("host").Split('.')[0];

    // <access key id>/<date>/…
    private string[] Scope => CredentialPart().Match(Authorization!).Groups["scope"].Value.Split('/');

    // Where the scheme lists its signed headers, the list decides; the others sign by prefix, content type included.
    private bool IsSigned(string name) => SignedPart().Match(Authorization!) is not { Success: true } match
        || match.Groups["names"].Value.Split(';').Contains(name, StringComparer.OrdinalIgnoreCase);

    private IEnumerable<CloudField> OwnHeaders() =>
        from header in _root.GetProperty("headers").EnumerateArray()
        let name = header.GetProperty("name").GetString()!
        where !Added.Contains(name, StringComparer.OrdinalIgnoreCase) && IsSigned(name)
        select new CloudField(name, header.GetProperty("value").GetString()!);

    // A plus is a space here: the clients write a plus itself as %2B.
    private static IEnumerable<CloudField> Pairs(string query) =>
        from pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries)
        let parts = pair.Replace('+', ' ').Split('=', 2)
        select new CloudField(Uri.UnescapeDataString(parts[0]), parts.Length == 1 ? "" : Uri.UnescapeDataString(parts[1]));

    private DateTimeOffset Time(string header, string format) => DateTimeOffset.ParseExact(
        Header(header)!, format.Replace("T", "'T'", StringComparison.Ordinal).Replace("Z", "'Z'", StringComparison.Ordinal), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private string Text(string name) => _root.GetProperty(name).GetString()!;

    private string? Credential(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (_root.GetProperty("credentials").TryGetProperty(name, out var value))
                return value.GetString();
        }

        return null;
    }

    [GeneratedRegex("Credential=(?<scope>[^, ]+)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CredentialPart();

    [GeneratedRegex("SignedHeaders=(?<names>[^, ]+)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SignedPart();
}
