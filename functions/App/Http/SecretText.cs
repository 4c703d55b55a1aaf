using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Certrelay.App.Http;

/// <summary>A JSON string that may hold a private key or another secret: read into bytes that are zeroed on disposal, never into a string, and it cannot print itself.</summary>
[JsonConverter(typeof(SecretTextConverter))]
public sealed class SecretText(byte[] buffer, int length) : IDisposable
{
    public ReadOnlyMemory<byte> Bytes => buffer.AsMemory(0, length);

    public void Dispose() => CryptographicOperations.ZeroMemory(buffer);

    public override string ToString() => "[secret]";
}

/// <summary>Reads a string without making one.</summary>
public sealed class SecretTextConverter : JsonConverter<SecretText>
{
    public override SecretText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw new JsonException();
        // Unescaped it is never longer.
        var buffer = new byte[reader.HasValueSequence ? (int)reader.ValueSequence.Length : reader.ValueSpan.Length];
        try
        {
            return new SecretText(buffer, reader.CopyString(buffer));
        }
        catch (InvalidOperationException)
        {
            CryptographicOperations.ZeroMemory(buffer);
            throw new JsonException();
        }
    }

    public override void Write(Utf8JsonWriter writer, SecretText value, JsonSerializerOptions options) =>
        throw new NotSupportedException("What may be a secret is never written.");
}
