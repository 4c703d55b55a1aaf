using System.Formats.Asn1;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Unicode;

namespace Certrelay.Certificates;

/// <summary>One private key block of an upload, by its scope.</summary>
internal sealed record UploadedKey(string Scope, PrivateKeyReading Reading);

/// <summary>What the PEM blocks of one or several inputs hold: certificates in their order, each once, and private keys.</summary>
internal sealed class Upload
{
    public const int MostBytes = 256 * 1024;
    public const int MostBlocks = 32;

    private readonly FindingList _findings;
    private readonly HashSet<Fingerprint> _known = [];
    private int _blocks;

    private Upload(FindingList findings) => _findings = findings;

    public List<CertificateRecord> Certificates { get; } = [];

    public List<UploadedKey> Keys { get; } = [];

    /// <summary>True when a block was to be a certificate, readable or not.</summary>
    public bool HasCertificateBlock { get; private set; }

    /// <summary>True when a block was to be a private key, readable or not.</summary>
    public bool HasKeyBlock { get; private set; }

    public static Upload Read(IReadOnlyList<ReadOnlyMemory<byte>> inputs, FindingList findings)
    {
        var upload = new Upload(findings);
        if (inputs.Sum(static input => (long)input.Length) > MostBytes)
        {
            findings.Add(FindingCodes.PemTooLarge.At("input"));
            return upload;
        }
        foreach (var input in inputs)
            upload.ReadText(input);
        if (upload._blocks > MostBlocks)
            upload.Refuse(FindingCodes.PemTooLarge.At("input", $"The input holds more than {MostBlocks} PEM blocks."));
        else if (upload is { Certificates: [], HasCertificateBlock: false } && findings.All.Count is 0)
            findings.Add(FindingCodes.PemNothingFound.At("input", upload.NothingFound(inputs)));
        return upload;
    }

    private void Refuse(Finding finding)
    {
        Certificates.Clear();
        foreach (var key in Keys)
            (key.Reading as PrivateKeyReading.Usable)?.Key.Dispose();
        Keys.Clear();
        (HasCertificateBlock, HasKeyBlock) = (false, false);
        _findings.Clear();
        _findings.Add(finding);
    }

    private string? NothingFound(IReadOnlyList<ReadOnlyMemory<byte>> inputs)
    {
        if (HasKeyBlock)
            return "The input holds a private key but no certificate.";
        // 30 begins every DER structure: certificates, PKCS#12 and PKCS#7; FE ED FE ED begins a Java keystore.
        return inputs.Any(static input => input.Span is [0x30, >= 0x80, ..] or [0xFE, 0xED, 0xFE, 0xED, ..])
            ? "The input is binary (DER, PKCS#12 or a Java keystore) and not PEM."
            : null;
    }

    private void ReadText(ReadOnlyMemory<byte> input)
    {
        // Windows tools save text as UTF-16 with a byte order mark.
        if (input.Span is not [0xFF, 0xFE, .. var utf16])
        {
            ReadBlocks(input);
            return;
        }
        var utf8 = new byte[utf16.Length / 2 * 3];
        Utf8.FromUtf16(MemoryMarshal.Cast<byte, char>(utf16), utf8, out _, out var length);
        ReadBlocks(utf8.AsMemory(0, length));
        CryptographicOperations.ZeroMemory(utf8);
    }

    private void ReadBlocks(ReadOnlyMemory<byte> text)
    {
        foreach (var block in PemReader.Read(text))
        {
            if (++_blocks > MostBlocks)
                return;
            Take(block, block.Fault is null || block.Label is not "?" ? $"block {_blocks} ({block.Label})" : $"block {_blocks}");
        }
    }

    private void Take(PemBlock block, string scope)
    {
        HasCertificateBlock |= block.IsCertificate;
        HasKeyBlock |= block.IsPrivateKey;
        if (block.Fault is { } fault)
            _findings.Add(FindingCodes.PemJunk.At(scope, $"PEM {scope} {fault}."));
        else if (block.IsCertificate)
            TakeCertificate(block, scope);
        else if (block.IsPrivateKey)
            TakeKey(block, scope);
        else if (block.Label is not ("EC PARAMETERS" or "DH PARAMETERS"))
            _findings.Add(FindingCodes.PemJunk.At(scope, $"PEM {scope} is {Describe(block.Label)}."));
    }

    private void TakeCertificate(PemBlock block, string scope)
    {
        // OpenSSL appends its own trust settings to a trusted certificate.
        var der = block.Label is "TRUSTED CERTIFICATE" ? FirstValue(block.Bytes) : block.Bytes;
        if (!CertificateRecord.TryParse(der, out var certificate))
            _findings.Add(FindingCodes.PemJunk.At(scope, $"PEM {scope} is no X.509 certificate."));
        else if (_known.Add(certificate.Fingerprint))
            Certificates.Add(certificate);
    }

    private static ReadOnlyMemory<byte> FirstValue(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return new DerReader(bytes).ReadEncoded();
        }
        catch (AsnContentException)
        {
            return bytes;
        }
    }

    private void TakeKey(PemBlock block, string scope)
    {
        PrivateKeyReading reading = block switch
        {
            { IsEncrypted: true } or { Label: "ENCRYPTED PRIVATE KEY" } => new PrivateKeyReading.Encrypted(),
            { Label: "OPENSSH PRIVATE KEY" } => new PrivateKeyReading.Unsupported("OpenSSH's own format"),
            { Label: "DSA PRIVATE KEY" } => new PrivateKeyReading.Unsupported("DSA"),
            _ => PrivateKeyReader.Read(block.Bytes),
        };
        block.Clear();
        Keys.Add(new UploadedKey(scope, reading));
    }

    private static string Describe(string label) => label switch
    {
        "CERTIFICATE REQUEST" or "NEW CERTIFICATE REQUEST" => "a request for a certificate, not the certificate that was issued for it",
        "PUBLIC KEY" or "RSA PUBLIC KEY" => "a public key; the certificate holds it already, what is needed is the private key",
        "PKCS7" or "CMS" => "a PKCS#7 container; take the certificates out with: openssl pkcs7 -print_certs",
        "X509 CRL" => "a revocation list",
        _ => "neither a certificate nor a private key",
    };
}
