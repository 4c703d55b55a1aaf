using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Certrelay.Tests.Support;

/// <summary>A freshly made private key in each form that an upload may bring it in.</summary>
internal sealed class TestKey : IDisposable
{
    private readonly AsymmetricAlgorithm _key;

    private TestKey(AsymmetricAlgorithm key) => _key = key;

    public static TestKey Rsa(int bits = 2048) => new(RSA.Create(bits));

    /// <summary>An RSA key one of whose primes is the other's, as machines make them that start with too little randomness.</summary>
    public static TestKey SharingPrimeWith(TestKey other)
    {
        var known = ((RSA)other._key).ExportParameters(includePrivateParameters: true);
        using var fresh = RSA.Create(known.Modulus!.Length * 8);
        var (p, q) = (Number(known.P!), Number(fresh.ExportParameters(includePrivateParameters: true).Q!));
        var (length, half) = (known.Modulus.Length, known.P!.Length);
        var d = Inverse(Number(known.Exponent!), (p - 1) * (q - 1));
        return new(RSA.Create(new RSAParameters
        {
            Modulus = Bytes(p * q, length),
            Exponent = known.Exponent,
            D = Bytes(d, length),
            P = known.P,
            Q = Bytes(q, half),
            DP = Bytes(d % (p - 1), half),
            DQ = Bytes(d % (q - 1), half),
            InverseQ = Bytes(Inverse(q, p), half),
        }));
    }

    public static TestKey Ec(ECCurve curve) => new(ECDsa.Create(curve));

    public static TestKey P256() => Ec(ECCurve.NamedCurves.nistP256);

    public static TestKey P384() => Ec(ECCurve.NamedCurves.nistP384);

    public static TestKey P521() => Ec(ECCurve.NamedCurves.nistP521);

    public byte[] Pkcs8 => _key.ExportPkcs8PrivateKey();

    public byte[] Spki => _key.ExportSubjectPublicKeyInfo();

    /// <summary><c>PRIVATE KEY</c>.</summary>
    public string Pkcs8Pem => Pem.Write("PRIVATE KEY", Pkcs8);

    /// <summary>The older form: <c>RSA PRIVATE KEY</c> (PKCS#1) or <c>EC PRIVATE KEY</c> (SEC1).</summary>
    public string TraditionalPem => _key switch
    {
        RSA rsa => rsa.ExportRSAPrivateKeyPem() + "\n",
        ECDsa ec => ec.ExportECPrivateKeyPem() + "\n",
        _ => throw new NotSupportedException(),
    };

    internal X509SignatureGenerator Generator(RSASignaturePadding padding) => _key switch
    {
        RSA rsa => X509SignatureGenerator.CreateForRSA(rsa, padding),
        ECDsa ec => X509SignatureGenerator.CreateForECDsa(ec),
        _ => throw new NotSupportedException(),
    };

    internal X509Certificate2 Attach(X509Certificate2 certificate) => _key switch
    {
        RSA rsa => certificate.CopyWithPrivateKey(rsa),
        ECDsa ec => certificate.CopyWithPrivateKey(ec),
        _ => throw new NotSupportedException(),
    };

    public void Dispose() => _key.Dispose();

    private static BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static byte[] Bytes(BigInteger number, int length)
    {
        var bytes = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[length - bytes.Length], .. bytes];
    }

    /// <summary>Euclid's algorithm, extended.</summary>
    private static BigInteger Inverse(BigInteger number, BigInteger modulus)
    {
        var (a, b, x, y) = (number % modulus, modulus, BigInteger.One, BigInteger.Zero);
        while (!a.IsOne)
            (a, b, x, y) = (b % a, a, y - (b / a * x), x);
        return ((x % modulus) + modulus) % modulus;
    }
}
