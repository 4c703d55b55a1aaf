using System.Security.Cryptography;
using System.Text;

namespace Certrelay.App.Cli.Demo.Acts;

/// <summary>Looks for private keys in clear.</summary>
internal static class ClearKeys
{
    /// <summary>Reads every file of a folder for the keys' bytes and Base64; returns how many files there are, throws when a key is found.</summary>
    public static async Task<int> SearchAsync(string folder, IReadOnlyList<DemoPair> pairs, CancellationToken cancellationToken)
    {
        var needles = pairs.SelectMany(NeedlesOf).ToList();
        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
        foreach (var file in files)
        {
            // The database is open meanwhile.
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[stream.Length];
            var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
            if (needles.Exists(needle => bytes.AsSpan(0, length).IndexOf(needle) >= 0))
                throw new ActFailedException($"A private key lies in clear in {file}.");
        }

        return files.Length;
    }

    private static IEnumerable<byte[]> NeedlesOf(DemoPair pair)
    {
        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(pair.Key, out _);
        yield return key.ExportParameters(includePrivateParameters: true).D!;
        // The lines of the PEM text begin at whole bytes, so that each is also part of the Base64 without line breaks.
        foreach (var line in pair.KeyPem.Split('\n').Where(static line => line.Length == 64))
            yield return Encoding.ASCII.GetBytes(line);
    }
}
