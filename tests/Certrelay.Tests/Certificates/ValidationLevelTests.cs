using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using Certrelay.Certificates;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Certificates;

public sealed class ValidationLevelTests
{
    [Theory]
    [InlineData("2.23.140.1.2.1", "CN=a.test", ValidationLevel.Dv)]
    [InlineData("2.23.140.1.2.2", "CN=a.test, O=Shop", ValidationLevel.Ov)]
    [InlineData("2.23.140.1.2.3", "CN=a.test, SN=Doe", ValidationLevel.Iv)]
    [InlineData("2.23.140.1.1", "CN=a.test, O=Shop", ValidationLevel.Ev)]
    [InlineData("1.3.6.1.4.1.44947.1.1.1 2.23.140.1.2.1", "CN=a.test", ValidationLevel.Dv)]
    [InlineData("1.3.6.1.4.1.44947.1.1.1", "CN=a.test, O=Shop", ValidationLevel.Ov)]
    [InlineData("", "CN=a.test", ValidationLevel.Dv)]
    [InlineData("", "CN=a.test, O=Shop, OID.2.5.4.15=Private Organization", ValidationLevel.Ev)]
    public void The_policy_tells_the_level_and_the_subject_where_there_is_none(string policies, string subject, ValidationLevel level)
    {
        var options = new TestCertificateOptions { Names = ["a.test"], Subject = subject, Extensions = policies.Length == 0 ? [] : [Policies(policies.Split(' '))] };

        Assert.Equal(level, CertificateRecord.Parse(Uploads.Intermediate.Issue(options).Der).Level);
    }

    private static X509Extension Policies(string[] oids)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var oid in oids)
            {
                using (writer.PushSequence())
                    writer.WriteObjectIdentifier(oid);
            }
        }

        return new X509Extension("2.5.29.32", writer.Encode(), critical: false);
    }
}
