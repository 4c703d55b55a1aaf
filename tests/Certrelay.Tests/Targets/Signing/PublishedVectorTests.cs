using Certrelay.Targets.Alibaba;
using Certrelay.Targets.Aws;
using Certrelay.Targets.Signing;
using static Certrelay.Tests.Targets.Signing.Signing;

namespace Certrelay.Tests.Targets.Signing;

/// <summary>The examples that the vendors' documentation computes.</summary>
public sealed class PublishedVectorTests
{
    [Fact]
    public void Alibaba_RunInstances()
    {
        using var credentials = Credentials(id: "YourAccessKeyId", secret: "YourAccessKeySecret");
        using var request = new CloudRequest
        {
            Method = "POST",
            Endpoint = new Uri("https://ecs.cn-shanghai.aliyuncs.com"),
            Query = [new("ImageId", "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"), new("RegionId", "cn-shanghai")],
            Headers = [new("x-acs-action", "RunInstances"), new("x-acs-version", "2014-05-26")],
        };

        var added = Acs3Signer.Sign(request, credentials, new DateTimeOffset(2023, 10, 26, 10, 22, 32, TimeSpan.Zero), "3156853299f313e23d1673dc12e1703d");

        Assert.Equal(
            "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
            + "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
            added.Authorization());
    }

    [Fact]
    public void Aws_get_vanilla()
    {
        using var credentials = Credentials(id: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
        using var request = new CloudRequest { Method = "GET", Endpoint = new Uri("https://example.amazonaws.com") };

        var added = SigV4Signer.Sign(request, "us-east-1", "service", credentials, new DateTimeOffset(2015, 8, 30, 12, 36, 0, TimeSpan.Zero));

        Assert.Equal(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, "
            + "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            added.Authorization());
    }
}
