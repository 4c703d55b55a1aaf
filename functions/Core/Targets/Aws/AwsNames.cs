using Certrelay.Certificates;

namespace Certrelay.Targets.Aws;

/// <summary>Which names a certificate covers, and which other certificates and aliases that is true of as a whole.</summary>
internal sealed class AwsNames(IEnumerable<string> names)
{
    private readonly IReadOnlyList<SubjectName> _names = [.. names.Select(static text => SubjectName.TryParse(text, out var name) ? name : null).OfType<SubjectName>()];

    public static AwsNames Of(CertificateBundle certificate) => new(CertificateRecord.Parse(certificate.Leaf).Names.Select(static name => name.Value));

    public bool IsEmpty => _names.Count == 0;

    /// <summary>True when the certificate covers a name, which may be a wildcard itself.</summary>
    public bool Cover(string name) => _names.Any(one => one.Serves(name));

    /// <summary>True when the certificate can stand in for another one: it covers each of its names.</summary>
    public bool Cover(CertificateRecord? other) => other is { Names.Count: > 0 } && other.Names.All(name => Cover(name.Value));

    public override string ToString() => string.Join(", ", _names);
}
