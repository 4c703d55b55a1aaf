using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;

namespace Certrelay.Tests.Support;

/// <summary>The numbers of a private key that nobody else may know, each by its name in the key's standard.</summary>
internal static class SecretIntegers
{
    /// <summary>The number of an SM2 key in PEM, which the framework does not read by its name everywhere.</summary>
    public static (string Name, byte[] Value) OfSm2(string key, string pem)
    {
        var info = Pkcs8PrivateKeyInfo.Decode(Convert.FromBase64String(pem[PemEncoding.Find(pem).Base64Data]), out _);
        var fields = new AsnReader(info.PrivateKeyBytes, AsnEncodingRules.DER).ReadSequence();
        fields.ReadInteger();
        return ($"{key} d", fields.ReadOctetString());
    }

    public static IEnumerable<(string Name, byte[] Value)> Of(string key, TestKey secret)
    {
        if (secret.TraditionalPem.StartsWith("-----BEGIN RSA", StringComparison.Ordinal))
        {
            using var rsa = RSA.Create();
            rsa.ImportPkcs8PrivateKey(secret.Pkcs8, out _);
            var numbers = rsa.ExportParameters(includePrivateParameters: true);
            return [($"{key} d", numbers.D!), ($"{key} p", numbers.P!), ($"{key} q", numbers.Q!), ($"{key} dp", numbers.DP!), ($"{key} dq", numbers.DQ!), ($"{key} qinv", numbers.InverseQ!)];
        }

        using var curve = ECDsa.Create();
        curve.ImportPkcs8PrivateKey(secret.Pkcs8, out _);
        return [($"{key} d", curve.ExportParameters(includePrivateParameters: true).D!)];
    }
}
