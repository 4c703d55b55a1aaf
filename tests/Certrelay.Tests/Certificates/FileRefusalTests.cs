using System.Buffers.Binary;
using System.IO.Compression;
using Certrelay.Tests.Support;
using static Certrelay.Tests.Certificates.UploadFiles;
using static Certrelay.Tests.Certificates.Uploads;

namespace Certrelay.Tests.Certificates;

/// <summary>What is not taken is refused by name, and never at a cost that its maker chose.</summary>
public sealed class FileRefusalTests
{
    public static TheoryData<string, string?, Func<byte[][]>, string> Bad => new()
    {
        { "PKCS#12 without its passphrase", null, () => [Pkcs12()], "file.encrypted" },
        { "PKCS#12 with another passphrase", "wrong", () => [Pkcs12()], "file.passphrase" },
        { "PKCS#12 without a MAC and with another passphrase", "wrong", () => [Pkcs12("-nomac -certpbe AES-256-CBC")], "file.passphrase" },
        { "PKCS#12 without a MAC, its certificates open, and with another passphrase", "wrong", () => [Pkcs12("-nomac")], "key.passphrase" },
        { "PKCS#12 with a key under a passphrase and open certificates", null, () => [Pkcs12("-nomac -certpbe NONE")], "key.encrypted" },
        { "PKCS#12 that was cut", Secret, () => [Pkcs12()[..^100]], "file.damaged" },
        { "PKCS#12 that was changed", Secret, () => [Changed(Pkcs12())], "file.passphrase" },
        { "PKCS#12 with two million rounds", Secret, () => [Pkcs12("-iter 2000000")], "file.unsupported" },
        { "PKCS#12 with the certificates alone", Secret, () => [OpenSsl("pkcs12 -export -nokeys -in leaf.pem -certfile chain.pem -passout file:secret")], "key.missing" },
        { "PKCS#12 with the key alone", Secret, () => [OpenSsl("pkcs12 -export -nocerts -inkey key.pem -passout file:secret")], "pem.nothing-found" },
        { "PKCS#12 beside another key", Secret, () => [OpenSsl("pkcs12 -export -nokeys -in leaf.pem -certfile chain.pem -passout file:secret"), Pem.Bytes(Root.KeyPem)], "key.mismatch" },
        { "two pairs", null, () => [Pem.Bytes(Good), Pem.Bytes(RsaLeaf.FullChainPem + RsaLeaf.KeyPem)], "leaf.several" },
        { "two stores", Secret, () => [Pkcs12(), Pkcs12(leaf: RsaLeaf)], "leaf.several" },
        { "an encrypted key and another passphrase", "wrong", () => [Encrypted("pkcs8 -topk8")], "key.passphrase" },
        { "an encrypted SEC1 key and another passphrase", "wrong", () => [Encrypted("ec -aes128")], "key.passphrase" },
        { "an encrypted DER key without a passphrase", null, () => [Pem.Bytes(Leaf.FullChainPem), OpenSsl("pkcs8 -topk8 -outform DER -in key.pem -passout file:secret")], "key.encrypted" },
        { "a key under scrypt", Secret, () => [Encrypted("pkcs8 -topk8 -scrypt")], "key.unsupported" },
        { "a key under two million rounds", Secret, () => [Encrypted("pkcs8 -topk8 -iter 2000000")], "key.unsupported" },
        { "a SEC1 key under Camellia", Secret, () => [Encrypted("ec -camellia128")], "key.unsupported" },
        { "an encrypted SEC1 key that was cut", Secret, () => [Pem.Bytes(Leaf.FullChainPem + Shortened(Text(OpenSsl("ec -aes128 -in key.pem -passout file:secret"))))], "key.unreadable" },
        { "a DER certificate that was cut", null, () => [Leaf.Der[..^20], Leaf.Key.Pkcs8], "file.damaged" },
        { "a DER certificate with another's beginning behind it", null, () => [[.. Leaf.Der, .. Intermediate.Der[..100]], Leaf.Key.Pkcs8], "chain.incomplete=warning file.damaged" },
        { "a DER key that was cut", null, () => [Leaf.Der, Intermediate.Der, Leaf.Key.Pkcs8[..^20]], "file.damaged key.missing" },
        { "PKCS#7 that was cut", null, () => [OpenSsl("crl2pkcs7 -nocrl -certfile leaf.pem -outform DER")[..^30]], "file.damaged" },
        { "PKCS#7 without certificates", null, () => [OpenSsl("crl2pkcs7 -nocrl -certfile /dev/null -outform DER")], "file.unusable" },
        { "a request in DER", null, () => [OpenSsl("req -new -key key.pem -subj /CN=x -outform DER")], "file.unusable" },
        { "a request in DER beside the rest", null, () => [Pem.Bytes(Good), OpenSsl("req -new -key key.pem -subj /CN=x -outform DER")], "file.unusable" },
        { "a revocation list in DER", null, () => [RevocationList()], "file.unusable" },
        { "a public key in DER", null, () => [Leaf.Key.Spki], "file.unusable" },
        { "a PDF document", null, () => ["%PDF-1.7\n"u8.ToArray()], "file.unusable" },
        { "a page in place of the download", null, () => ["\n<!DOCTYPE html><html><title>Sign in</title></html>"u8.ToArray()], "file.unusable" },
        { "a JCEKS keystore", Secret, () => [[0xCE, 0xCE, 0xCE, 0xCE, 0, 0, 0, 2, 0, 0, 0, 0]], "file.unsupported" },
        { "a gzip file", null, () => [[0x1F, 0x8B, 8, 0]], "file.unsupported" },
        { "a 7z archive", null, () => [[(byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C]], "file.unsupported" },
        { "a RAR archive", null, () => ["Rar!\u001a\u0007"u8.ToArray()], "file.unsupported" },
        { "a key for PuTTY beside the certificates", null, () => [Pem.Bytes(Leaf.FullChainPem), "PuTTY-User-Key-File-3: ssh-rsa\n"u8.ToArray()], "file.unsupported" },
        { "an empty archive", null, () => [Zip()], "pem.nothing-found" },
        { "an archive of notes", null, () => [Zip(("a.txt", "hello"u8.ToArray()))], "file.passed-over=info pem.nothing-found" },
        { "an archive that was cut", null, () => [Zip(("good.pem", Pem.Bytes(Good)))[..^10]], "file.damaged" },
        { "an archive that bursts", null, () => [Zip(("bomb.pem", new byte[200_000]))], "file.archive" },
        { "an archive whose entry is larger than it says", null, () => [Understated(Zip(("good.pem", Pem.Bytes(Good))))], "key.missing pem.junk" },
        { "an archive whose unpacked entry is larger than it says", null, () => [Understated(Zip(CompressionLevel.NoCompression, ("good.pem", Pem.Bytes(Good))))], "file.damaged" },
        { "an archive of large entries", null, () => [Zip([.. Enumerable.Range(0, 3).Select(static i => ($"{i}.bin", Noise(80_000, i)))])], "file.passed-over=info pem.nothing-found" },
        { "an archive that unpacks to more than 512 KB", null, () => [Zip([.. Enumerable.Range(0, 6).Select(static i => ($"{i}.txt", Digits(100_000, i)))])], "file.archive" },
        { "an archive with 65 entries", null, () => [Zip([.. Enumerable.Range(0, 65).Select(static i => ($"{i}", "x"u8.ToArray()))])], "file.archive" },
        { "an archive inside an archive", null, () => [Zip(("a.zip", Zip(("good.pem", Pem.Bytes(Good)))))], "file.archive" },
        { "an archive under a passphrase of its own", null, () => [Locked(Zip(("good.pem", Pem.Bytes(Good))))], "file.archive" },
        { "an archive with 130 blocks", null, () => [Zip([.. Enumerable.Range(0, 5).Select(static i => ($"{i}.pem", Pem.Bytes(string.Concat(Enumerable.Repeat(Leaf.Pem, 26)))))])], "pem.too-large" },
        { "a store of 40 certificates", null, () => [Store40()], "pem.too-large" },
        { "words that could be Base64", null, () => [Pem.Bytes(string.Concat(Enumerable.Repeat("Dear all the certificate is attached ", 4)).Trim())], "pem.nothing-found" },
        { "Base64 of Base64", null, () => [Pem.Bytes(Convert.ToBase64String(Pem.Bytes(Convert.ToBase64String(Leaf.Der))))], "pem.nothing-found" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_file_gets_exactly_its_findings(string description, string? passphrase, Func<byte[][]> files, string expected)
    {
        using var inspection = Inspect(passphrase, files());

        Assert.Equal($"{description}: {expected}", $"{description}: {Codes(inspection)}");
        Assert.False(inspection.IsAccepted);
        Assert.All(inspection.Findings, finding => Assert.DoesNotContain(Secret, finding.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void Several_pairs_are_all_named_with_their_entries()
    {
        using var inspection = Inspect(Secret, Pkcs12("-name web"), Pkcs12("-name mail", RsaLeaf));

        var finding = Assert.Single(inspection.Findings);
        Assert.All(["www.example.test", "rsa.example.test", "entry web", "entry mail"], word => Assert.Contains(word, finding.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_name_in_a_file_of_strangers_shows_nothing_hidden()
    {
        using var inspection = Inspect(null, Zip(("a\u202Etxt.\u001b[31mkey", Pem.Bytes("-----BEGIN X-----\n"))));

        Assert.All(inspection.Findings, finding => Assert.DoesNotContain(finding.ToString(), static c => c is '\u001b' or '\u202e'));
    }

    private static string Text(byte[] bytes) => System.Text.Encoding.ASCII.GetString(bytes);

    private static byte[] Changed(byte[] file)
    {
        file[file.Length / 2] ^= 1;
        return file;
    }

    private static byte[] RevocationList()
    {
        using var folder = new OpenSslFolder();
        folder.Write("ca.pem", Intermediate.Pem);
        folder.Write("ca.key", Intermediate.KeyPem);
        folder.Write("index", "");
        folder.Write("ca.conf", "[ca]\ndefault_ca=a\n[a]\ndatabase=index\ndefault_md=sha256\ndefault_crl_days=30\n");
        folder.Run("ca -config ca.conf -gencrl -cert ca.pem -keyfile ca.key -out list.pem");
        folder.Run("crl -in list.pem -outform DER -out list.der");
        return folder.ReadBytes("list.der");
    }

    private static byte[] Noise(int length, int seed)
    {
        var bytes = new byte[length];
#pragma warning disable CA5394 // What does not pack, the same in each run.
        new Random(seed).NextBytes(bytes);
#pragma warning restore CA5394
        bytes[0] = 0xEE;
        return bytes;
    }

    /// <summary>Packs to an eighth.</summary>
    private static byte[] Digits(int length, int seed) => [.. Noise(length, seed).Select(static one => (byte)('0' + one % 2))];

    /// <summary>Without three of its bytes.</summary>
    private static string Shortened(string pem) => pem.Remove(pem.IndexOf("\n\n", StringComparison.Ordinal) + 10, 4);

    /// <summary>Bit 0 of the flags, in the entry's header and in the directory (APPNOTE section 4.4.4).</summary>
    private static byte[] Locked(byte[] zip)
    {
        zip[6] |= 1;
        zip[zip.AsSpan().LastIndexOf("PK\u0001\u0002"u8) + 8] |= 1;
        return zip;
    }

    /// <summary>The uncompressed size in the directory (APPNOTE section 4.3.12), made smaller.</summary>
    private static byte[] Understated(byte[] zip)
    {
        BinaryPrimitives.WriteInt32LittleEndian(zip.AsSpan(zip.AsSpan().LastIndexOf("PK\u0001\u0002"u8) + 24), 100);
        return zip;
    }

    private static byte[] Store40()
    {
        using var folder = new OpenSslFolder();
        folder.Write("all.pem", string.Concat(Enumerable.Range(0, 40).Select(i => Intermediate.IssueLeaf($"{i}.example.test").Pem)));
        folder.Run("crl2pkcs7 -nocrl -certfile all.pem -outform DER -out out");
        return folder.ReadBytes("out");
    }
}
