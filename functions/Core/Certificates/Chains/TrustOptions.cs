using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Certrelay.Certificates;

/// <summary>The trust stores of clients that matter here (section <c>Trust</c> of the settings).</summary>
public sealed record TrustOptions : IValidatableObject
{
    // The bundles of the large platforms have a fortieth of that.
    private const long MostBytes = 16L * 1024 * 1024;

    [Description("Trust stores beside the host's own (which is called system), by name: the absolute path of a PEM file, or of a folder of such files (.pem, .crt, .cer).")]
    public IReadOnlyDictionary<string, string> Stores { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, path) in Stores)
        {
            if (!ResourceName.IsValid(name) || name == TrustStores.System)
                yield return new ValidationResult("The name of a store is 1 to 63 of a-z, 0-9 and single hyphens, and not system.", [$"{nameof(Stores)}:{name}"]);
            if (FaultOf(path) is { } fault)
                yield return new ValidationResult(fault, [$"{nameof(Stores)}:{name}"]);
        }
    }

    /// <summary>The roots in a file or folder that was checked at the start.</summary>
    internal static TrustedRoots Read(string path) => Files(path).Aggregate(TrustedRoots.None, static (roots, file) => roots.With(File.ReadAllBytes(file)));

    private static string? FaultOf(string path)
    {
        if (!Path.IsPathFullyQualified(path))
            return "A store is an absolute path.";
        try
        {
            if (Files(path).Sum(static file => new FileInfo(file).Length) > MostBytes)
                return $"A store has {MostBytes / 1024 / 1024} MB at most.";
            return Read(path).IsEmpty ? "There is no certificate as PEM." : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return fault.Message;
        }
    }

    private static IReadOnlyList<string> Files(string path) => Directory.Exists(path)
        ? [.. Directory.EnumerateFiles(path).Where(static file => Path.GetExtension(file) is ".pem" or ".crt" or ".cer").Order(StringComparer.Ordinal)]
        : [path];
}
