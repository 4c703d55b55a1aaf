using Certrelay.App.Embedded;

namespace Certrelay.App.Cli;

/// <summary>Says how far a rotation is, about a hundred times whatever the size of the vault, and whenever a key takes its place.</summary>
internal sealed class RotationProgress(string vault, TextWriter output) : IProgress<string>
{
    private const int Lines = 100;

    private readonly int _all = Count(new VaultFolder(vault));
    private int _moved;

    public void Report(string value)
    {
        // Files come as paths, keys by their names.
        if (!Path.IsPathFullyQualified(value))
            output.WriteLine($"Written: {value}");
        else if (++_moved % Math.Max(1, _all / Lines) == 0 || _moved == _all)
            output.WriteLine($"Moved {_moved} of {_all}");
    }

    // The check record moves as well.
    private static int Count(VaultFolder folder) => 1 + folder.Names().Sum(name => folder.Versions(name).Count);
}
