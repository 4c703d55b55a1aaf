using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Certrelay.Certificates;

namespace Certrelay.Benchmarks;

/// <summary>
/// A PEM bundle of 10,000 certificates read into records, against Go's <c>pem</c> and <c>x509.ParseCertificate</c>; and uploaded P-256 leaves, each parsed, chained to a trusted
/// root and held against its name, against Go's <c>Verify</c> and <c>X509Chain.Build</c>. One thread each, by processor time, which a busy machine changes less than the clock.
/// </summary>
internal static class FormatsBenchmark
{
    private const int Bundle = 10_000;
    private const int Leaves = 1_500;
    private const int Turns = 21;

    // A host that runs has compiled its code long ago; Go's programs come compiled.
    private const int Warming = 8;

    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    public static async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("certrelay-bench-");
        try
        {
            var go = Path.Combine(folder.FullName, "gox509");
            await ProgramRun.OutputAsync("go", ["build", "-o", go, Path.Combine(OwnApp.Root().FullName, "tests", "Certrelay.Benchmarks", "GoX509", "main.go")]);
            using var authority = new Authority();
            await BundleAsync(folder.FullName, go, authority);
            await ChainsAsync(folder.FullName, go, authority);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task BundleAsync(string folder, string go, Authority authority)
    {
        var file = Path.Combine(folder, "bundle.pem");
        await File.WriteAllTextAsync(file, string.Concat(authority.Issue(Bundle).Select(Pem)));
        var text = await File.ReadAllBytesAsync(file);
        var (ours, peer) = (new List<double>(), new List<double>());
        for (var warm = 0; warm < 4 * Warming; warm++)
            Read(text);
        for (var turn = -2; turn < Turns; turn++)
        {
            var (one, other) = (Read(text), await GoAsync(go, "parse", file));
            if (turn < 0)
                continue;
            ours.Add(one);
            peer.Add(other);
        }

        Console.WriteLine($"PEM bundle, {Bundle:N0} certificates: {Rounds.Of(ours, "certificates/s")}; Go: {Rounds.Of(peer, "certificates/s")}; ratio: {Rounds.Ratio(ours, peer):N2}");
    }

    private static double Read(byte[] text)
    {
        var start = Spent();
        var (count, names) = (0, 0);
        foreach (var block in PemReader.Read(text))
        {
            if (!CertificateRecord.TryParse(block.Bytes, out var record))
                throw new InvalidOperationException("A certificate cannot be read.");
            (count, names) = (count + 1, names + record.Names.Count);
        }

        var rate = count / (Spent() - start).TotalSeconds;
        return count == Bundle && names >= Bundle ? rate : throw new InvalidOperationException("Certificates or names are missing.");
    }

    private static async Task ChainsAsync(string folder, string go, Authority authority)
    {
        var (root, intermediate) = (Path.Combine(folder, "root.pem"), Path.Combine(folder, "intermediate.pem"));
        await File.WriteAllTextAsync(root, Pem(authority.Root.RawData));
        await File.WriteAllTextAsync(intermediate, Pem(authority.Intermediate.RawData));
        var stores = new TrustStores([new TrustStore("own", () => TrustedRoots.None.With(Encoding.ASCII.GetBytes(Pem(authority.Root.RawData))))], static () => TrustedRoots.None);
        var (ours, peer, framework) = (new List<double>(), new List<double>(), new List<double>());
        for (var turn = -Warming; turn < Turns; turn++)
        {
            // New ones each turn: a signature that was checked before is not checked again.
            var leaves = authority.Issue(Leaves).ToList();
            var file = Path.Combine(folder, "leaves.pem");
            await File.WriteAllTextAsync(file, string.Concat(leaves.Select(Pem)));
            var (first, second, third) = (Verify(leaves, authority.Intermediate.RawData, stores), await GoAsync(go, "verify", root, intermediate, file), Build(leaves, authority));
            if (turn < 0)
                continue;
            ours.Add(first);
            peer.Add(second);
            framework.Add(third);
        }

        Console.WriteLine($"chain of a P-256 leaf: {Rounds.Of(ours, "chains/s")}");
        Console.WriteLine($"Go Verify: {Rounds.Of(peer, "chains/s")}; ratio: {Rounds.Ratio(ours, peer):N2}");
        Console.WriteLine($"X509Chain.Build: {Rounds.Of(framework, "chains/s")}; ratio: {Rounds.Ratio(ours, framework):N2}");
    }

    private static double Verify(List<byte[]> leaves, byte[] intermediate, TrustStores stores)
    {
        // All three have read the authorities before.
        var issuer = CertificateRecord.Parse(intermediate);
        var start = Spent();
        foreach (var der in leaves)
        {
            var leaf = CertificateRecord.Parse(der);
            var chain = ChainChoice.Choose(leaf, [leaf, issuer], [], stores, Now);
            if (!stores.Judge(chain.Path, Now)[0].Accepted || !leaf.Covers(leaf.Names[0].Value))
                throw new InvalidOperationException("A sound chain was refused.");
        }

        return leaves.Count / (Spent() - start).TotalSeconds;
    }

    private static double Build(List<byte[]> leaves, Authority authority)
    {
        var start = Spent();
        foreach (var der in leaves)
        {
            using var leaf = X509CertificateLoader.LoadCertificate(der);
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.DisableCertificateDownloads = true;
            chain.ChainPolicy.CustomTrustStore.Add(authority.Root);
            chain.ChainPolicy.ExtraStore.Add(authority.Intermediate);
            if (!chain.Build(leaf) || !leaf.MatchesHostname(leaf.GetNameInfo(X509NameType.DnsName, forIssuer: false)))
                throw new InvalidOperationException("A sound chain was refused.");
            foreach (var element in chain.ChainElements)
                element.Certificate.Dispose();
        }

        return leaves.Count / (Spent() - start).TotalSeconds;
    }

    private static TimeSpan Spent() => Environment.CpuUsage.TotalTime;

    private static async Task<double> GoAsync(string go, params string[] arguments) =>
        double.Parse(await ProgramRun.OutputAsync(go, arguments), CultureInfo.InvariantCulture);

    private static string Pem(byte[] der) => PemEncoding.WriteString("CERTIFICATE", der) + "\n";

    /// <summary>A root, an intermediate, and as many leaves as somebody wants, all on P-256.</summary>
    private sealed class Authority : IDisposable
    {
        private readonly ECDsa _rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        private readonly ECDsa _leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        private int _issued;

        public Authority()
        {
            Root = Of("CN=Bench Root", _rootKey, isCa: true).CreateSelfSigned(Now.AddDays(-1), Now.AddYears(5));
            Intermediate = Of("CN=Bench Authority", _key, isCa: true).Create(Root.SubjectName, X509SignatureGenerator.CreateForECDsa(_rootKey), Now.AddDays(-1), Now.AddYears(4), [1, 2, 3]);
        }

        public X509Certificate2 Root { get; }

        public X509Certificate2 Intermediate { get; }

        public IEnumerable<byte[]> Issue(int count)
        {
            var signer = X509SignatureGenerator.CreateForECDsa(_key);
            for (var i = 0; i < count; i++)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"host-{++_issued}.example.test");
                var request = Of($"CN={name}", _leafKey, isCa: false);
                var names = new SubjectAlternativeNameBuilder();
                names.AddDnsName(name);
                names.AddDnsName($"www.{name}");
                request.CertificateExtensions.Add(names.Build());
                request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
                using var leaf = request.Create(Intermediate.SubjectName, signer, Now.AddDays(-1), Now.AddDays(90), BitConverter.GetBytes(_issued));
                yield return leaf.RawData;
            }
        }

        public void Dispose()
        {
            Root.Dispose();
            Intermediate.Dispose();
            _rootKey.Dispose();
            _key.Dispose();
            _leafKey.Dispose();
        }

        private static CertificateRequest Of(string subject, ECDsa key, bool isCa)
        {
            var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isCa, false, 0, critical: true));
            request.CertificateExtensions.Add(new X509KeyUsageExtension(isCa ? X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign : X509KeyUsageFlags.DigitalSignature, critical: true));
            return request;
        }
    }
}
