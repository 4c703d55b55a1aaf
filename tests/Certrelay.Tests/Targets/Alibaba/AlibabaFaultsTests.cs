using Certrelay.Targets.Alibaba;
using Certrelay.Targets.Calls;

namespace Certrelay.Tests.Targets.Alibaba;

public sealed class AlibabaFaultsTests
{
    [Theory]
    [InlineData("InvalidAccessKeyId.NotFound", CloudFaultKind.Credentials)]
    [InlineData("InvalidAccessKeyId.Inactive", CloudFaultKind.Credentials)]
    [InlineData("SignatureDoesNotMatch", CloudFaultKind.Credentials)]
    [InlineData("IncompleteSignature", CloudFaultKind.Credentials)]
    [InlineData("InvalidSecurityToken.Expired", CloudFaultKind.Credentials)]
    [InlineData("SecurityTokenExpired", CloudFaultKind.Credentials)]
    [InlineData("InvalidTimeStamp.Expired", CloudFaultKind.Skew)]
    [InlineData("RequestTimeTooSkewed", CloudFaultKind.Skew)]
    [InlineData("SignatureNonceUsed", CloudFaultKind.Busy)]
    [InlineData("Forbidden.RAM", CloudFaultKind.Permission)]
    [InlineData("NoPermission", CloudFaultKind.Permission)]
    [InlineData("AccessDenied", CloudFaultKind.Permission)]
    [InlineData("Throttling.User", CloudFaultKind.Throttled)]
    [InlineData("Throttling", CloudFaultKind.Throttled)]
    [InlineData("Waf.Throttling.Api", CloudFaultKind.Throttled)]
    [InlineData("NotFound", CloudFaultKind.NotFound)]
    [InlineData("InvalidDomain.NotFound", CloudFaultKind.NotFound)]
    [InlineData("DomainNameNotFound", CloudFaultKind.NotFound)]
    [InlineData("ListenerNotExist", CloudFaultKind.NotFound)]
    [InlineData("NoSuchCname", CloudFaultKind.NotFound)]
    [InlineData("IncorrectStatus.Listener", CloudFaultKind.Busy)]
    [InlineData("ResourceInConfiguring.Listener", CloudFaultKind.Busy)]
    [InlineData("OperationBusy", CloudFaultKind.Busy)]
    [InlineData("ServiceIsConfiguring", CloudFaultKind.Busy)]
    [InlineData("SystemBusy", CloudFaultKind.Busy)]
    [InlineData("ServiceBusy", CloudFaultKind.Busy)]
    [InlineData("NotActive.Listener", CloudFaultKind.Busy)]
    [InlineData("StateError.Accelerator", CloudFaultKind.Busy)]
    [InlineData("DomainExtensionProcessing", CloudFaultKind.Busy)]
    [InlineData("Waf.Pullin.ResourceProcessing", CloudFaultKind.Busy)]
    [InlineData("RepeatedCommit", CloudFaultKind.Busy)]
    [InlineData("NameRepeat", CloudFaultKind.Conflict)]
    [InlineData("Certificate.DuplicateName", CloudFaultKind.Certificate)]
    [InlineData("ResourceAlreadyAssociated.Certificate", CloudFaultKind.Conflict)]
    [InlineData("CertificateAndPrivateKeyIsRefered", CloudFaultKind.InUse)]
    [InlineData("QuotaExceeded.Certificate", CloudFaultKind.Quota)]
    [InlineData("Certificate.FormatError", CloudFaultKind.Certificate)]
    [InlineData("Certificate.MissMatch", CloudFaultKind.Certificate)]
    [InlineData("InvalidCertIdentifier.ValueNotSupported", CloudFaultKind.Certificate)]
    [InlineData("SomethingNew", CloudFaultKind.Refused)]
    public void Codes_stand_for_their_kinds(string code, object kind) => Assert.Equal(kind, AlibabaFaults.Of(400, code, "words").Kind);

    [Theory]
    [InlineData(503, "ServiceUnavailable", CloudFaultKind.Unavailable)]
    [InlineData(503, "Throttling.Api", CloudFaultKind.Throttled)]
    [InlineData(429, "ResourceThrottled", CloudFaultKind.Throttled)]
    [InlineData(500, "", CloudFaultKind.Unavailable)]
    public void A_status_decides_where_no_code_does(int status, string code, object kind) => Assert.Equal(kind, AlibabaFaults.Of(status, code, "words").Kind);

    [Theory]
    [InlineData(200, """{"Success":false,"ErrorCode":"InvalidParameter.CertId","Message":"no"}""", "InvalidParameter.CertId")]
    [InlineData(200, """{"Success":false,"Code":"403","Message":"no"}""", "403")]
    [InlineData(200, """{"code":"Conflict","message":"no"}""", "Conflict")]
    [InlineData(404, """{"code":"DomainNameNotFound","message":"no"}""", "DomainNameNotFound")]
    [InlineData(200, """{"Success":true,"Code":"200"}""", null)]
    [InlineData(200, """{"code":"Ok","data":{}}""", null)]
    [InlineData(204, "", null)]
    [InlineData(200, "<html>", "")]
    public void A_success_is_not_only_status_200(int status, string body, string? code)
    {
        using var answer = CloudAnswer.Of(status, body);

        Assert.Equal(code, AlibabaFaults.Judge(answer)?.Code);
    }

    [Fact]
    public void A_named_delay_is_in_milliseconds()
    {
        using var answer = new CloudAnswer(400, """{"Code":"Throttling.User"}"""u8.ToArray(), new Dictionary<string, string> { ["x-acs-retry-after"] = "1500" });

        Assert.Equal(TimeSpan.FromSeconds(1.5), AlibabaFaults.Judge(answer)!.RetryAfter);
    }
}
