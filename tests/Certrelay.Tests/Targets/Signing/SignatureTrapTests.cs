using Certrelay.Targets.Alibaba;
using Certrelay.Targets.Aws;
using Certrelay.Targets.Huawei;
using Certrelay.Targets.Signing;
using Certrelay.Targets.Tencent;
using static Certrelay.Tests.Targets.Signing.Signing;

namespace Certrelay.Tests.Targets.Signing;

/// <summary>The places where a plain reading of the vendors' rules gives a signature that they refuse; what the captures show is not repeated here.</summary>
public sealed class SignatureTrapTests
{
    [Fact]
    public void Alibaba_signs_the_headers_of_a_session_token()
    {
        using var request = Get();
        var added = Acs3Signer.Sign(request, Credentials("TOKEN"), Now, "nonce");

        Assert.Contains(new CloudField("x-acs-security-token", "TOKEN"), added);
        Assert.Contains(new CloudField("x-acs-accesskey-id", "EXAMPLE-ID"), added);
        Assert.Contains("SignedHeaders=host;x-acs-accesskey-id;x-acs-content-sha256;x-acs-date;x-acs-security-token;x-acs-signature-nonce,", added.Authorization(), StringComparison.Ordinal);
    }

    [Fact]
    public void Alibaba_signs_its_own_headers_only()
    {
        using var plain = Get(headers: [new("x-acs-action", "A")]);
        using var noisy = Get(headers: [new("accept", "*/*"), new("X-Acs-Action", " A ")]);

        Assert.Equal(
            Acs3Signer.Sign(plain, Credentials(), Now, "nonce").Authorization(),
            Acs3Signer.Sign(noisy, Credentials(), Now, "nonce").Authorization());
    }

    [Fact]
    public void Oss_signs_the_session_token_and_the_region_without_its_prefix()
    {
        using var request = Get(query: [new("cname", "")]);
        var with = OssV4Signer.Sign(request, "b", "cn-hangzhou", Credentials("TOKEN"), Now);
        var without = OssV4Signer.Sign(request, "b", "cn-hangzhou", Credentials(), Now);

        Assert.Contains(new CloudField("x-oss-security-token", "TOKEN"), with);
        Assert.NotEqual(without.Authorization(), with.Authorization());
        Assert.StartsWith("OSS4-HMAC-SHA256 Credential=EXAMPLE-ID/20261122/cn-hangzhou/oss/aliyun_v4_request,Signature=", with.Authorization(), StringComparison.Ordinal);
    }

    [Fact]
    public void Oss_names_the_bucket_in_both_signatures()
    {
        using var request = Get(path: ["a b", "c"]);

        Assert.NotEqual(OssV4Signer.Sign(request, "b", "r", Credentials(), Now).Authorization(), OssV4Signer.Sign(request, "c", "r", Credentials(), Now).Authorization());
        Assert.NotEqual(OssV1Signer.Sign(request, "b", Credentials(), Now).Authorization(), OssV1Signer.Sign(request, "c", Credentials(), Now).Authorization());
    }

    [Fact]
    public void Oss_V1_signs_its_session_token_and_no_parameter_but_sub_resources()
    {
        using var bare = Get(query: [new("comp", "token")]);
        using var more = Get(query: [new("max-keys", "1"), new("comp", "token")]);

        Assert.Equal(OssV1Signer.Sign(bare, "b", Credentials(), Now).Authorization(), OssV1Signer.Sign(more, "b", Credentials(), Now).Authorization());
        Assert.NotEqual(OssV1Signer.Sign(bare, "b", Credentials(), Now).Authorization(), OssV1Signer.Sign(bare, "b", Credentials("TOKEN"), Now).Authorization());
    }

    [Fact]
    public void Oss_sends_no_MD5_of_a_body_without_bytes()
    {
        using var request = new CloudRequest { Method = "POST", Endpoint = new Uri("https://api.example.com"), Content = new CloudContent("application/xml", []) };

        Assert.DoesNotContain(OssV4Signer.Sign(request, "b", "r", Credentials(), Now), header => header.Name == "Content-MD5");
        Assert.DoesNotContain(OssV1Signer.Sign(request, "b", Credentials(), Now), header => header.Name == "Content-MD5");
    }

    [Fact]
    public void Tencent_sends_the_session_token_unsigned()
    {
        using var request = new CloudRequest { Method = "POST", Endpoint = new Uri("https://ssl.example.com"), Content = Json("{}") };
        var with = Tc3Signer.Sign(request, "ssl", Credentials("TOKEN"), Now);

        Assert.Contains(new CloudField("X-TC-Token", "TOKEN"), with);
        Assert.Equal(Tc3Signer.Sign(request, "ssl", Credentials(), Now).Authorization(), with.Authorization());
    }

    [Fact]
    public void Tencent_dates_the_scope_in_UTC()
    {
        using var request = new CloudRequest { Method = "POST", Endpoint = new Uri("https://ssl.example.com"), Content = Json("{}") };
        var earlyInShanghai = new DateTimeOffset(2026, 11, 23, 3, 0, 0, TimeSpan.FromHours(8));

        Assert.Contains("/2026-11-22/ssl/tc3_request", Tc3Signer.Sign(request, "ssl", Credentials(), earlyInShanghai).Authorization(), StringComparison.Ordinal);
    }

    [Fact]
    public void Tencent_refuses_a_call_without_a_body()
    {
        using var request = Get();
        Assert.Throws<ArgumentException>(() => Tc3Signer.Sign(request, "ssl", Credentials(), Now));
    }

    [Fact]
    public void Tencent_signs_the_content_type_in_lower_case()
    {
        using var upper = new CloudRequest { Method = "POST", Endpoint = new Uri("https://ssl.example.com"), Content = new CloudContent("application/json; charset=UTF-8", []) };
        using var lower = new CloudRequest { Method = "POST", Endpoint = new Uri("https://ssl.example.com"), Content = new CloudContent("application/json; charset=utf-8", []) };

        Assert.Equal(Tc3Signer.Sign(lower, "ssl", Credentials(), Now).Authorization(), Tc3Signer.Sign(upper, "ssl", Credentials(), Now).Authorization());
    }

    [Fact]
    public void Huawei_signs_the_slash_that_the_request_line_leaves_out()
    {
        using var without = Get(path: ["v3", "*.example.com"]);
        using var with = Get(path: ["v3", "*.example.com", ""]);

        Assert.Equal("/v3/%2A.example.com", without.RequestTarget);
        Assert.Equal(SdkHmacSigner.Sign(with, Credentials(), Now).Authorization(), SdkHmacSigner.Sign(without, Credentials(), Now).Authorization());
    }

    [Fact]
    public void Huawei_orders_the_values_of_a_repeated_name()
    {
        using var one = Get(query: [new("id", "b"), new("a", ""), new("id", "a")]);
        using var other = Get(query: [new("id", "a"), new("id", "b"), new("a", "")]);

        Assert.Equal("/?id=b&a=&id=a", one.RequestTarget);
        Assert.Equal(SdkHmacSigner.Sign(other, Credentials(), Now).Authorization(), SdkHmacSigner.Sign(one, Credentials(), Now).Authorization());
    }

    [Fact]
    public void Huawei_signs_a_named_payload_hash_in_place_of_the_bodys()
    {
        CloudRequest Upload(string body) => new()
        {
            Method = "PUT",
            Endpoint = new Uri("https://obs.example.com"),
            Headers = [new("X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD")],
            Content = Json(body),
        };

        using var one = Upload("1");
        using var other = Upload("2");
        Assert.Equal(SdkHmacSigner.Sign(one, Credentials(), Now).Authorization(), SdkHmacSigner.Sign(other, Credentials(), Now).Authorization());
    }

    [Fact]
    public void Huawei_signs_the_session_token()
    {
        using var request = Get();
        Assert.Contains("SignedHeaders=host;x-sdk-date;x-security-token,", SdkHmacSigner.Sign(request, Credentials("TOKEN"), Now).Authorization(), StringComparison.Ordinal);
    }

    [Fact]
    public void Aws_folds_spaces_within_a_header_and_trims_it()
    {
        using var folded = Get(headers: [new("x-amz-note", "a b")]);
        using var loose = Get(headers: [new("X-Amz-Note", "  a   b ")]);

        Assert.Equal(Aws(folded), Aws(loose));
    }

    [Theory]
    [InlineData("an empty segment in the middle", new[] { "a", "", "b" }, new[] { "a", "b" }, true)]
    [InlineData("an empty segment at the end", new[] { "a", "" }, new[] { "a" }, false)]
    [InlineData("an encoded slash", new[] { "a/b" }, new[] { "a", "b" }, false)]
    public void Aws_reads_paths_as_sent(string description, string[] one, string[] other, bool same)
    {
        using var first = Get(path: one);
        using var second = Get(path: other);

        Assert.True(same == (Aws(first) == Aws(second)), description);
    }

    [Fact]
    public void Aws_orders_a_query_by_its_encoded_form()
    {
        using var one = Get(query: [new("a|", "1"), new("ab", "2"), new("a", "2"), new("a", "1")]);
        using var other = Get(query: [new("ab", "2"), new("a", "1"), new("a|", "1"), new("a", "2")]);
        // Computed apart from this code, over the query a=1&a=2&a%7C=1&ab=2.
        Assert.Equal(Aws(one), Aws(other));
        Assert.EndsWith("Signature=a4f07ea170826865983c604b093ef34633f8cf210d7bf7531720a61b4088f4a9", Aws(one), StringComparison.Ordinal);
    }

    private static string Aws(CloudRequest request) => SigV4Signer.Sign(request, "us-east-1", "service", Credentials(), Now).Authorization();
}
