using System.Text;
using Certrelay.Targets.Signing;

namespace Certrelay.Tests.Targets.Signing;

/// <summary>One request with reserved and non-ASCII characters in path, query and JSON, an empty value, a repeated name and a session token, under each signature.</summary>
/// <remarks>The expected signatures were computed from the vendors' rules with Python's <c>hmac</c>, apart from this code.</remarks>
public sealed class ReservedCharactersTests
{
    [Theory]
    [InlineData("ACS3", "ACS3-HMAC-SHA256 Credential=EXAMPLE-ID,SignedHeaders=content-type;host;x-acs-accesskey-id;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-security-token;x-acs-signature-nonce,Signature=a8faae362ed68f60ce1c97b96cb57e2f2c07f9ccc50e028a6744db27e93c34b6")]
    [InlineData("OSS V4", "OSS4-HMAC-SHA256 Credential=EXAMPLE-ID/20261122/cn-hangzhou/oss/aliyun_v4_request,Signature=a52f359bdf4d9275bf8340a8a14722ffa9b02a406161b2503ad133895c571284")]
    [InlineData("OSS V1", "OSS EXAMPLE-ID:Pt9ejGrLpHQ+dAkDcQG9rWNmPWg=")]
    [InlineData("TC3", "TC3-HMAC-SHA256 Credential=EXAMPLE-ID/2026-11-22/ssl/tc3_request, SignedHeaders=content-type;host, Signature=c2b82429f22570f03e373fcea092aac979ffa479f5ee6110e63ad08667f1472a")]
    [InlineData("SDK-HMAC", "SDK-HMAC-SHA256 Access=EXAMPLE-ID, SignedHeaders=content-type;host;x-acs-action;x-sdk-date;x-security-token, Signature=6648b629816c5aa27113a024a9b880ee8849b0832ca48960b0d7dc39d98c70b3")]
    [InlineData("SigV4", "AWS4-HMAC-SHA256 Credential=EXAMPLE-ID/20261122/eu-west-1/acm/aws4_request, SignedHeaders=content-type;host;x-acs-action;x-amz-date;x-amz-security-token, Signature=1e6dd6c5cdf7523c62313686bf6138c72491b3f69dcf2efde4dbabc617130da2")]
    public void They_are_signed_as_the_vendor_reads_them(string signer, string expected)
    {
        using var credentials = Signing.Credentials(token: "TOK/+=");
        using var request = new CloudRequest
        {
            Method = "POST",
            Endpoint = new Uri("https://api.example.com"),
            Path = ["a b", "*.例.com"],
            Query = [new("k|", "é*"), new("e", ""), new("kb", "中 +"), new("kb", "a")],
            Headers = [new("x-acs-action", "A")],
            Content = new CloudContent("application/json", Encoding.UTF8.GetBytes("""{"名":"ä/"}""")),
        };

        Assert.Equal(expected, SignerPropertyTests.Signers[signer](request, credentials).Authorization());
    }
}
