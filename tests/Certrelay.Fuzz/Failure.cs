using System.Globalization;

namespace Certrelay.Fuzz;

/// <summary>Keeps an input that failed, so that a test can be made of it.</summary>
internal static class Failure
{
    /// <summary>Writes its files and tells where; returns the exit code.</summary>
    public static int Keep(uint seed, int number, FuzzInput input, string why)
    {
        var paths = input.Files.Select((file, at) =>
        {
            var path = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"certrelay-fuzz-{seed}-{number}-{at}.bin"));
            File.WriteAllBytes(path, file);
            return path;
        });
        Console.Error.WriteLine($"Input {number} of seed {seed}, passphrase {input.Passphrase ?? "none"}, failed: {why}\n{string.Join('\n', paths)}");
        return 1;
    }
}
