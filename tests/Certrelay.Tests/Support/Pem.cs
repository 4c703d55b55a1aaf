using System.Security.Cryptography;
using System.Text;

namespace Certrelay.Tests.Support;

/// <summary>Writes PEM text, each block closed by a line break, so that blocks can be joined with <c>+</c>.</summary>
internal static class Pem
{
    public static string Write(string label, ReadOnlySpan<byte> der) => PemEncoding.WriteString(label, der) + "\n";

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
