using System.Collections.ObjectModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Certrelay.Certificates;

namespace Certrelay.Targets.Calls;

/// <summary>A vendor's answer; it shows its status only and zeroes its body on disposal, because some reads give private keys back.</summary>
[DebuggerDisplay("{Status}")]
public sealed class CloudAnswer(int status, byte[] body, IReadOnlyDictionary<string, string>? headers = null) : IDisposable
{
    private readonly IReadOnlyDictionary<string, string> _headers = headers ?? ReadOnlyDictionary<string, string>.Empty;

    public int Status { get; } = status;

    public bool IsSuccess => Status is >= 200 and < 300;

    public ReadOnlyMemory<byte> Body { get; } = body;

    /// <summary>An answer with a JSON or XML text, for placeholders.</summary>
    public static CloudAnswer Of(int status, string body) => new(status, Encoding.UTF8.GetBytes(body));

    /// <summary>A header's value; null without it.</summary>
    public string? Header(string name) => _headers.GetValueOrDefault(name);

    /// <summary>The delay of a <c>Retry-After</c> header in seconds (RFC 9110, section 10.2.3); null without one.</summary>
    public TimeSpan? RetryAfter =>
        int.TryParse(Header("Retry-After"), out var seconds) && seconds is >= 0 and <= 86_400 ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>The body as JSON; throws <see cref="Permanent"/> (<c>cloud.answer</c>), which quotes nothing of it.</summary>
    public T Json<T>(JsonTypeInfo<T> shape)
    {
        try
        {
            return JsonSerializer.Deserialize(Body.Span, shape) ?? throw Unreadable("null");
        }
        catch (JsonException fault)
        {
            throw Unreadable(fault.Path ?? "$");
        }
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(body);

    public override string ToString() => Status.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The failure of an answer in another shape than the vendor documents.</summary>
    public static Permanent Unreadable(string where) =>
        new(FindingCodes.CloudAnswer.Code, $"{FindingCodes.CloudAnswer.Meaning} It differs at {where}.");
}
