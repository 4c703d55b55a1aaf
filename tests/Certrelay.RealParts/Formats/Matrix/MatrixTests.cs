using System.Security.Cryptography;
using System.Text;
using Certrelay.Certificates;
using Certrelay.RealParts.Support;
using Xunit.Abstractions;

namespace Certrelay.RealParts.Formats.Matrix;

/// <summary>Every kind of key and every fault in the forms that OpenSSL, keytool and certtool write: the report says exactly what the table says, and the mended chain verifies.</summary>
public sealed class MatrixTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow().AddHours(1);

    // Leaf and chain of each that OpenSSL has verified: the same come out of every form.
    private readonly HashSet<string> _verified = new(StringComparer.Ordinal);

    [RealFact("openssl", "java", "keytool", "certtool")]
    public async Task Every_input_is_reported_exactly()
    {
        using var shop = new Workshop();
        await Issuance.IssueAllAsync(shop);
        var inputs = Issuance.Keys.SelectMany(static one => MatrixForm.All.Where(form => (!one.IsMadeByHand || form.Name is "PEM" or "PEM in UTF-16") && (one.IsUsual || !form.UsualKeysOnly) && (!form.IsSlow || one.Name is "p256")).Select(form => (one, form)))
            .Concat(Issuance.Faults.SelectMany(static one => MatrixForm.ForFaults.Where(form => (one.IsUsual || !form.UsualKeysOnly) && (one.SentKey is null || !form.Name.StartsWith("JKS", StringComparison.Ordinal))).Select(form => (one, form))))
            .ToList();

        // Keytool's are noted at the first turn and there at the second.
        foreach (var (one, form) in inputs.Where(static input => input.form.Name.EndsWith("keytool", StringComparison.Ordinal)))
            await form.Make(shop, one);
        await shop.RunKeytoolAsync();

        var wrong = new List<string>();
        foreach (var (one, form) in inputs)
            wrong.AddRange(await FaultsOfAsync(shop, one, form));
        foreach (var one in Issuance.Keys.Concat(Issuance.Faults))
        {
            if (await shop.VerifiesAsync($"{one.Name}.pem", "root.pem", Filled(shop, $"{one.Name}.chain"), one.Verification) != one.Verifies)
                wrong.Add($"{one.Name}: openssl verify does not say {one.Verifies}");
        }

        output.WriteLine($"{inputs.Count} inputs: {Issuance.Keys.Count} kinds of keys, {Issuance.Faults.Count} faults, {MatrixForm.All.Count} forms");
        Assert.True(inputs.Count >= 80, $"{inputs.Count}");
        Assert.True(wrong.Count is 0, string.Join(Environment.NewLine, wrong));
    }

    private async Task<IReadOnlyList<string>> FaultsOfAsync(Workshop shop, Issuance one, MatrixForm form)
    {
        var wrong = new List<string>();
        var files = await form.Make(shop, one);
        // A PKCS#12 with a key that is not the certificate's cannot be made: the key comes beside it.
        if (one.SentKey is not null && form.Name.StartsWith("PKCS#12", StringComparison.Ordinal))
            files = [.. files, shop.Bytes(one.KeyFile)];
        using var passphrase = form.Passphrase is { } text ? Passphrase.OfUtf8(Encoding.UTF8.GetBytes(text)) : null;
        var options = new InspectionOptions { Now = Now, Passphrase = passphrase };
        using var inspection = CertificateInspector.Inspect([.. files.Select(static file => (ReadOnlyMemory<byte>)file)], options);
        using var reversed = files.Length is 1 ? null : CertificateInspector.Inspect([.. files.Reverse().Select(static file => (ReadOnlyMemory<byte>)file)], options);

        var expected = form.Codes ?? Expected(one, form);
        if (Codes(inspection) != expected)
            wrong.Add($"{one.Name} as {form.Name}: '{expected}' was due, and this came: '{Codes(inspection)}'");
        if (reversed is not null && (Codes(reversed) != Codes(inspection) || reversed.Leaf?.Fingerprint != inspection.Leaf?.Fingerprint))
            wrong.Add($"{one.Name} as {form.Name}: the order of the files makes a difference: '{Codes(reversed)}'");
        // What is accepted with its chain is what OpenSSL verifies, in the order in which it is sent on.
        if (inspection is { IsAccepted: true, Leaf: { } leaf } && one.Verifies && _verified.Add(string.Concat(inspection.Chain.Prepend(leaf).Select(static link => link.Fingerprint.Hex))))
        {
            await shop.WriteAsync("mended.pem", Pem(leaf));
            await shop.WriteAsync("mended.chain", string.Concat(inspection.Chain.Select(Pem)));
            if (!await shop.VerifiesAsync("mended.pem", "root.pem", Filled(shop, "mended.chain"), one.Verification))
                wrong.Add($"{one.Name} as {form.Name}: the mended chain does not verify");
        }

        return wrong;
    }

    private static string Expected(Issuance one, MatrixForm form)
    {
        var codes = (form.Name.EndsWith("keytool", StringComparison.Ordinal) ? one.KeystoreCodes ?? one.Codes : one.Codes).Split(' ', StringSplitOptions.RemoveEmptyEntries).ToList();
        if (form.Name == "ZIP archive")
            codes.Add("file.passed-over=info");
        return string.Join(' ', codes.Order(StringComparer.Ordinal));
    }

    private static string Codes(CertificateInspection inspection) => string.Join(' ', inspection.Findings
        .Select(static finding => finding.Severity is Severity.Error ? finding.Code : $"{finding.Code}={finding.Severity.ToString().ToLowerInvariant()}")
        .Distinct().Order(StringComparer.Ordinal));

    private static string Pem(CertificateRecord certificate) => PemEncoding.WriteString("CERTIFICATE", certificate.Der.Span) + "\n";

    private static string? Filled(Workshop shop, string file) => new FileInfo(shop[file]).Length > 0 ? file : null;
}
