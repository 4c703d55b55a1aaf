using System.Text;
using Certrelay.Targets.Alibaba;
using Certrelay.Targets.Aws;
using Certrelay.Targets.Huawei;
using Certrelay.Targets.Signing;
using Certrelay.Targets.Tencent;
using FsCheck;
using FsCheck.Fluent;

namespace Certrelay.Tests.Targets.Signing;

/// <summary>Every signer over any body, path and query.</summary>
public sealed class SignerPropertyTests
{
    internal static readonly Dictionary<string, Func<CloudRequest, CloudCredentials, IReadOnlyList<CloudField>>> Signers = new(StringComparer.Ordinal)
    {
        ["ACS3"] = (request, credentials) => Acs3Signer.Sign(request, credentials, Signing.Now, "nonce"),
        ["OSS V4"] = (request, credentials) => OssV4Signer.Sign(request, "bucket", "cn-hangzhou", credentials, Signing.Now),
        ["OSS V1"] = (request, credentials) => OssV1Signer.Sign(request, "bucket", credentials, Signing.Now),
        ["TC3"] = (request, credentials) => Tc3Signer.Sign(request, "ssl", credentials, Signing.Now),
        ["SDK-HMAC"] = (request, credentials) => SdkHmacSigner.Sign(request, credentials, Signing.Now),
        ["SigV4"] = (request, credentials) => SigV4Signer.Sign(request, "eu-west-1", "acm", credentials, Signing.Now),
    };

    public static TheoryData<string> All => [.. Signers.Keys];

    [Theory]
    [MemberData(nameof(All))]
    public void One_changed_byte_of_the_body_changes_the_signature(string signer)
    {
        var bodies = Gen.Choose(0, 255).Select(value => (byte)value).NonEmptyListOf().Select(bytes => bytes.ToArray()).ToArbitrary();
        Prop.ForAll(bodies, ArbMap.Default.ArbFor<NonNegativeInt>(), ArbMap.Default.ArbFor<byte>(), (body, at, mask) =>
        {
            byte[] changed = [.. body];
            changed[at.Get % body.Length] ^= (byte)(mask | 1);
            return Sign(signer, body, "p", "v") != Sign(signer, changed, "p", "v") && Sign(signer, body, "p", "v") == Sign(signer, body, "p", "v");
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Another_path_or_parameter_changes_the_signature(string signer) =>
        Prop.ForAll<NonNull<string>, NonNull<string>>((one, other) =>
        {
            // Half a surrogate pair is U+FFFD in UTF-8, so two texts may be the same once encoded.
            var (first, second) = (Utf8(one.Get), Utf8(other.Get));
            return first == second
                || (Sign(signer, [], "p" + first, "v") != Sign(signer, [], "p" + second, "v") && Sign(signer, [], "p", "v" + first) != Sign(signer, [], "p", "v" + second));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [MemberData(nameof(All))]
    public void Neither_secret_nor_body_is_in_what_a_signer_adds(string signer)
    {
        using var credentials = Signing.Credentials(secret: "THE-SECRET");
        using var request = Request("THE-BODY"u8.ToArray(), "p", "THE-VALUE");
        var added = string.Join('\n', Signers[signer](request, credentials).Select(header => $"{header.Name}: {header.Value}"));

        Assert.DoesNotContain("THE-", added, StringComparison.Ordinal);
    }

    private static string Sign(string signer, byte[] body, string segment, string value)
    {
        using var credentials = Signing.Credentials();
        using var request = Request([.. body], segment, value);
        return Signers[signer](request, credentials).Authorization();
    }

    // "comp" is among the parameters that OSS signs.
    private static CloudRequest Request(byte[] body, string segment, string value) => new()
    {
        Method = "POST",
        Endpoint = new Uri("https://api.example.com"),
        Path = [segment],
        Query = [new("comp", value)],
        Content = new CloudContent("application/json", body),
    };

    private static string Utf8(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
