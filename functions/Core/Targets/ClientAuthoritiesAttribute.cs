using System.ComponentModel.DataAnnotations;
using System.Text;
using Certrelay.Certificates;

namespace Certrelay.Targets;

/// <summary>Demands certificates of authorities as PEM, those whose client certificates a server takes; what else the text holds is never quoted.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ClientAuthoritiesAttribute : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        value is string text && FaultOf(text) is { } fault ? new ValidationResult(fault, [validationContext.MemberName!]) : ValidationResult.Success;

    private static string? FaultOf(string text)
    {
        var blocks = PemReader.Read(Encoding.UTF8.GetBytes(text)).ToList();
        try
        {
            if (blocks.Count == 0)
                return "holds no certificate in PEM.";
            foreach (var block in blocks)
            {
                if (!block.IsCertificate)
                    return block.IsPrivateKey ? "holds a private key, which has no place in settings: give the authorities' certificates alone." : "holds something else than certificates.";
                if (block.Fault is not null || !CertificateRecord.TryParse(block.Bytes, out var record))
                    return "holds a certificate that cannot be read.";
                if (!record.IsCa)
                    return $"holds the certificate of {record.Label}, which is no authority: a server needs the authorities of its clients, not their own certificates.";
            }

            return null;
        }
        finally
        {
            blocks.ForEach(static block => block.Clear());
        }
    }
}
