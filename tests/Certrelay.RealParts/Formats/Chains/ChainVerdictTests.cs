using System.Security.Cryptography.X509Certificates;
using Certrelay.Certificates;
using Certrelay.RealParts.Support;
using Certrelay.Tests.Support;
using Xunit.Abstractions;

namespace Certrelay.RealParts.Formats.Chains;

/// <summary>Chains, sound or with one fault each: our verdict is that of RFC 5280, and stands beside those of OpenSSL and of the framework.</summary>
public sealed class ChainVerdictTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    // Where another validator decides otherwise: who, and the clause that decides.
    private static readonly Dictionary<(string Case, string Who), string> Known = new()
    {
        // "Applications MAY reject certificates that include anyExtendedKeyUsage but not the particular OID": these two do, and we warn.
        [("an authority for any purpose", "OpenSSL")] = "RFC 5280 section 4.2.1.12",
        [("an authority for any purpose", "the framework")] = "RFC 5280 section 4.2.1.12",
        // The framework has no set of policies to begin with: it refuses where one is required and holds, and looks no further where none does.
        [("a required policy that holds", "the framework")] = "RFC 5280 section 6.1.1 (c)",
        [("any policy where one is required", "the framework")] = "RFC 5280 section 6.1.1 (c)",
        [("a policy by its mapped name", "the framework")] = "RFC 5280 section 6.1.1 (c)",
        [("a required policy that the leaf lacks", "the framework")] = "RFC 5280 section 6.1.3 (f)",
        [("another policy than the required one", "the framework")] = "RFC 5280 section 6.1.3 (f)",
        [("a leaf that requires a policy itself and has none", "the framework")] = "RFC 5280 section 6.1.5 (b)",
        [("any policy where it counts no more", "the framework")] = "RFC 5280 section 6.1.3 (d)",
        [("a policy by its name before it was mapped", "the framework")] = "RFC 5280 section 6.1.4 (b)",
        [("a mapping of any policy", "the framework")] = "RFC 5280 section 6.1.4 (a)",
    };

    private static readonly int[] Lengths = [1, 3];

    [RealFact("openssl")]
    public async Task Verdicts_are_those_of_the_standard()
    {
        using var folder = new TemporaryFolder();
        TestKey[][] keys = [[.. Enumerable.Range(0, 6).Select(static _ => TestKey.P256())], [.. Enumerable.Range(0, 6).Select(static _ => TestKey.P384())], [.. Enumerable.Range(0, 6).Select(static _ => TestKey.Rsa())]];
        var (count, wrong, differing) = (0, new List<string>(), new SortedSet<string>(StringComparer.Ordinal));
        foreach (var one in ChainCase.All)
        {
            foreach (var intermediates in one.Intermediates ?? Lengths)
            {
                foreach (var set in keys)
                {
                    count++;
                    var chain = Make(one, intermediates, set);
                    var ours = Ours(chain);
                    if (ours.Accepted != one.Sound)
                        wrong.Add($"{one.Name}, {intermediates} intermediates: {ours.Codes}");
                    Compare(one, "OpenSSL", await OpenSslAsync(folder, chain), differing, wrong);
                    Compare(one, "the framework", Framework(chain), differing, wrong);
                }
            }
        }

        output.WriteLine($"{count} chains; others that differ from the standard: {(differing.Count is 0 ? "none" : string.Join("; ", differing))}");
        Assert.True(count >= 200, $"{count}");
        Assert.True(wrong.Count is 0, string.Join(Environment.NewLine, wrong.Distinct()));
    }

    private static void Compare(ChainCase one, string who, bool accepted, SortedSet<string> differing, List<string> wrong)
    {
        if (accepted == one.Sound)
            return;
        if (Known.TryGetValue((one.Name, who), out var clause))
            differing.Add($"{who}, {one.Name} ({clause})");
        else
            wrong.Add($"{one.Name}: {who} says {(accepted ? "sound" : "faulty")}");
    }

    /// <summary>Leaf first, root last.</summary>
    private static List<byte[]> Make(ChainCase one, int intermediates, TestKey[] keys)
    {
        var issuer = TestCertificates.Root("Verdict Root", keys[0]);
        var chain = new List<byte[]> { issuer.Der };
        for (var i = 0; i < intermediates; i++)
        {
            var options = TestCertificates.Authority($"Verdict Authority {i}", keys[i + 1]);
            issuer = issuer.Issue(((i is 0 ? one.Upper : one.Lower) ?? (static same => same))(options));
            chain.Insert(0, issuer.Der);
        }

        var plain = new TestCertificateOptions { Names = ["shop.example.test", "www.example.test"], Subject = "CN=shop.example.test", Key = keys[^1] };
        var leaf = issuer.Issue(one.Leaf is null ? plain : one.Leaf(plain)).Der;
        chain.Insert(0, one.Spoil is null ? leaf : one.Spoil(leaf));
        return chain;
    }

    private static (bool Accepted, string Codes) Ours(List<byte[]> chain)
    {
        var pem = Pem.Bytes(string.Concat(chain.Select(static der => Pem.Write("CERTIFICATE", der))));
        using var inspection = CertificateInspector.Inspect(pem, new InspectionOptions { Now = Now, KeyRequired = false });
        return (inspection.IsAccepted, string.Join(' ', inspection.Findings.Select(static finding => $"{finding.Code} {finding.Message}")));
    }

    private static async Task<bool> OpenSslAsync(TemporaryFolder folder, List<byte[]> chain)
    {
        await File.WriteAllTextAsync(folder["leaf.pem"], Pem.Write("CERTIFICATE", chain[0]));
        await File.WriteAllTextAsync(folder["chain.pem"], string.Concat(chain[1..^1].Select(static der => Pem.Write("CERTIFICATE", der))));
        await File.WriteAllTextAsync(folder["root.pem"], Pem.Write("CERTIFICATE", chain[^1]));
        try
        {
            await RealProcess.RunAsync("openssl", "verify", "-policy_check", "-policy", "2.5.29.32.0", "-purpose", "sslserver", "-CAfile", folder["root.pem"], "-untrusted", folder["chain.pem"], folder["leaf.pem"]);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static bool Framework(List<byte[]> chain)
    {
        using var builder = new X509Chain();
        builder.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        builder.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        builder.ChainPolicy.DisableCertificateDownloads = true;
        builder.ChainPolicy.VerificationTime = Now.UtcDateTime;
        builder.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid(TestCertificates.ServerAuth));
        builder.ChainPolicy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificate(chain[^1]));
        foreach (var der in chain[1..^1])
            builder.ChainPolicy.ExtraStore.Add(X509CertificateLoader.LoadCertificate(der));
        using var leaf = X509CertificateLoader.LoadCertificate(chain[0]);
        return builder.Build(leaf);
    }
}
