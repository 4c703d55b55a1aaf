using System.Security.Cryptography;

namespace Certrelay.Certificates;

/// <summary>A file that leaves the product; disposal zeroes it, because most hold a key.</summary>
public sealed record ExportedFile(string Name, string MediaType, byte[] Bytes) : IDisposable
{
    public void Dispose() => CryptographicOperations.ZeroMemory(Bytes);

    // A record would print its bytes' type, a log line nothing that matters; what matters is that neither prints the content.
    public override string ToString() => Name;
}
