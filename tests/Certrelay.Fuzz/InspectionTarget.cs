using System.Diagnostics;
using System.Text;
using Certrelay.Certificates;

namespace Certrelay.Fuzz;

/// <summary>Inspects an input and holds the report to what every report must be.</summary>
internal sealed class InspectionTarget
{
    private static readonly HashSet<string> Codes = [.. FindingCodes.All.Select(static code => code.Code)];

    /// <summary>How many inputs were good enough after all.</summary>
    public int Accepted { get; private set; }

    /// <summary>What is wrong with the report, or null; and how long it took.</summary>
    public (string? Fault, TimeSpan Time) Run(FuzzInput input)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            using var passphrase = input.Passphrase is null ? null : Passphrase.OfUtf8(Encoding.UTF8.GetBytes(input.Passphrase));
            var options = new InspectionOptions { Now = DateTimeOffset.UnixEpoch.AddYears(56), Passphrase = passphrase, AllowSelfSigned = true };
            using var inspection = CertificateInspector.Inspect([.. input.Files.Select(static file => (ReadOnlyMemory<byte>)file)], options);
            var time = Stopwatch.GetElapsedTime(began);
            Accepted += inspection.IsAccepted ? 1 : 0;
            return (FaultOf(inspection), time);
        }
#pragma warning disable CA1031 // Whatever it throws is what is looked for.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            return (thrown.ToString(), Stopwatch.GetElapsedTime(began));
        }
    }

    private static string? FaultOf(CertificateInspection inspection)
    {
        if (inspection.Findings.FirstOrDefault(static finding => !Codes.Contains(finding.Code)) is { } unknown)
            return $"The code {unknown.Code} is not documented.";
        if (inspection.IsAccepted && (inspection.Leaf is null || inspection.PrivateKey is null))
            return "It was accepted without a certificate or without its key.";
        if (inspection is { PrivateKey: { } key, Leaf: { } leaf } && !key.PublicKey.IsSameKeyAs(leaf.PublicKey))
            return "The key is not the leaf's.";
        return inspection.Findings.Any(static finding => finding.ToString().Any(static c => char.IsControl(c) && c is not '\n')) ? "A finding holds what does not show." : null;
    }
}
