using System.Security.Cryptography;
using Certrelay.Certificates;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Certificates;

/// <summary>Parts that uploads are put together from; made once, because keys cost time.</summary>
internal static class Uploads
{
    public static readonly TestCertificate Root = TestCertificates.Root();
    public static readonly TestCertificate Intermediate = Root.IssueAuthority("Test Intermediate");
    public static readonly TestCertificate Leaf = Intermediate.IssueLeaf("www.example.test", "*.example.test");
    public static readonly TestCertificate RsaRoot = TestCertificates.Root("Test RSA Root", TestKey.Rsa());
    public static readonly TestCertificate RsaIntermediate = RsaRoot.IssueAuthority("Test RSA Intermediate", TestKey.Rsa());
    public static readonly TestCertificate RsaLeaf = RsaIntermediate.Issue(new() { Names = ["rsa.example.test"], Key = TestKey.Rsa() });

    /// <summary>After whatever <c>openssl</c> issues during the run, which begins to be valid at once.</summary>
    public static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow().AddDays(1);

    public static readonly InspectionOptions Options = new() { Now = Now };

    public static string Good => Leaf.FullChainPem + Leaf.KeyPem;

    public static CertificateInspection Inspect(string text, InspectionOptions? options = null) =>
        CertificateInspector.Inspect(Pem.Bytes(text), options ?? Options);

    /// <summary>Codes in ordinal order; what is no error bears its severity: <c>chain.order=info</c>.</summary>
    public static string Codes(CertificateInspection inspection) => string.Join(' ', inspection.Findings
        .Select(finding => finding.Severity is Severity.Error ? finding.Code : $"{finding.Code}={finding.Severity.ToString().ToLowerInvariant()}")
        .Distinct()
        .Order(StringComparer.Ordinal));

    /// <summary>A leaf of the good intermediate with something else about it, its chain and its key.</summary>
    public static string With(TestCertificateOptions options)
    {
        var leaf = Intermediate.Issue(options);
        return leaf.FullChainPem + leaf.KeyPem;
    }

    /// <summary>A good leaf below an intermediate with something else about it.</summary>
    public static string Below(TestCertificateOptions authority, TestCertificate? root = null)
    {
        var leaf = (root ?? Root).Issue(authority).IssueLeaf("www.example.test");
        return leaf.FullChainPem + leaf.KeyPem;
    }

    /// <summary>The block whose decoded bytes were changed.</summary>
    public static string Edit(string pem, Func<byte[], byte[]> change)
    {
        var fields = PemEncoding.Find(pem);
        return Pem.Write(pem[fields.Label], change(Convert.FromBase64String(pem[fields.Base64Data])));
    }

    public static TestCertificateOptions Names(params string[] names) => new() { Names = names, Subject = "CN=www.example.test" };
}
