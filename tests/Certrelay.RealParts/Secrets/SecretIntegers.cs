using System.Security.Cryptography;
using Certrelay.Tests.Support;

namespace Certrelay.RealParts.Secrets;

/// <summary>The numbers of a private key that nobody else may know, each by its name in the key's standard.</summary>
internal static class SecretIntegers
{
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
