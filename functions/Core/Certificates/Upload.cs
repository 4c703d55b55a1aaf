using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Certrelay.Certificates;

/// <summary>One private key of an upload, by its scope.</summary>
internal sealed record UploadedKey(string Scope, PrivateKeyReading Reading);

/// <summary>What the files of an upload hold, whatever their forms: certificates in their order, each once, and private keys.</summary>
internal sealed class Upload
{
    public const int MostBytes = 256 * 1024;
    public const int MostBlocks = 32;

    // A folder for each kind of server, each with certificate, chain and key.
    private const int MostArchiveBlocks = 128;

    // Finding out how they hang together grows with their square.
    private const int MostCertificates = 32;
    private const int MostKeys = 32;

    private readonly FindingList _findings;
    private readonly HashSet<Fingerprint> _known = [];
    private int _blocks;
    private int _archiveBlocks;

    private Upload(FindingList findings) => _findings = findings;

    public List<CertificateRecord> Certificates { get; } = [];

    public List<UploadedKey> Keys { get; } = [];

    /// <summary>Containers that could not be opened: how much that matters is known once everything is read.</summary>
    public List<Finding> Closed { get; } = [];

    /// <summary>Certificates that a keystore trusts for themselves and not as part of a key's chain.</summary>
    public HashSet<Fingerprint> Trusted { get; } = [];

    /// <summary>True while every certificate came in one text: elsewhere their order means nothing.</summary>
    public bool IsOrdered { get; set; } = true;

    /// <summary>True when something was to be a certificate, readable or not.</summary>
    public bool HasCertificateBlock { get; set; }

    /// <summary>True when something was to be a private key, readable or not.</summary>
    public bool HasKeyBlock { get; set; }

    public static Upload Read(IReadOnlyList<ReadOnlyMemory<byte>> inputs, Passphrase? passphrase, FindingList findings)
    {
        var upload = new Upload(findings) { IsOrdered = inputs.Count is 1 };
        if (inputs.Sum(static input => (long)input.Length) > MostBytes)
        {
            findings.Add(FindingCodes.PemTooLarge.At("input"));
            return upload;
        }

        var budget = new DerivationBudget();
        foreach (var (index, input) in inputs.Index())
            FileReader.Read(upload, new FileContent(string.Create(CultureInfo.InvariantCulture, $"file {index + 1}"), input, passphrase is null ? [] : [passphrase], budget));
        upload.Judge();
        return upload;
    }

    public void Report(Finding finding) => _findings.Add(finding);

    public void AddKey(string scope, PrivateKeyReading reading)
    {
        HasKeyBlock = true;
        Keys.Add(new UploadedKey(scope, reading));
    }

    /// <summary>Takes a certificate, copied so that it outlives its file; false for anything that is none.</summary>
    public bool TryAddCertificate(ReadOnlyMemory<byte> der, [NotNullWhen(true)] out CertificateRecord? certificate)
    {
        HasCertificateBlock = true;
        if (!CertificateRecord.TryParse(der.ToArray(), out certificate))
            return false;
        if (_known.Add(certificate.Fingerprint) && Certificates.Count <= MostCertificates)
            Certificates.Add(certificate);
        return true;
    }

    /// <summary>The number of the next PEM block; null once there are too many.</summary>
    public int? NextBlock(bool inArchive) => inArchive
        ? ++_archiveBlocks <= MostArchiveBlocks ? _archiveBlocks : null
        : ++_blocks <= MostBlocks ? _blocks : null;

    private void Judge()
    {
        if (_blocks > MostBlocks || _archiveBlocks > MostArchiveBlocks)
            Refuse($"The input holds more than {(_blocks > MostBlocks ? MostBlocks : MostArchiveBlocks)} PEM blocks.");
        else if (Certificates.Count > MostCertificates || Keys.Count > MostKeys)
            Refuse($"The input holds more than {MostCertificates} certificates or {MostKeys} keys.");
        else if (this is { Certificates: [], HasCertificateBlock: false, Closed: [] } && _findings.All.All(static finding => finding.Severity is Severity.Info))
            _findings.Add(FindingCodes.PemNothingFound.At("input", HasKeyBlock ? "The input holds a private key but no certificate." : null));
    }

    private void Refuse(string why)
    {
        Certificates.Clear();
        Closed.Clear();
        foreach (var key in Keys)
            (key.Reading as PrivateKeyReading.Usable)?.Key.Dispose();
        Keys.Clear();
        (HasCertificateBlock, HasKeyBlock) = (false, false);
        _findings.Clear();
        _findings.Add(FindingCodes.PemTooLarge.At("input", why));
    }
}
