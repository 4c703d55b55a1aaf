using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Certrelay.App.Http;

/// <summary>Why a call is made, where a person must answer for it: <c>?reason=</c>, or the field <c>reason</c> of a JSON body.</summary>
internal static class CallReason
{
    public const string Name = "reason";
    private const int Longest = 500;

    /// <summary>The reason; throws <see cref="ProblemException"/> (<c>reason.required</c>, <c>reason.invalid</c>).</summary>
    public static string? Of(HttpRequest request, ReadOnlyMemory<byte> body, AuditedAttribute audited)
    {
        var reason = request.Query[Name].FirstOrDefault() ?? InBody(body);
        if (string.IsNullOrWhiteSpace(reason))
            return audited.Reason ? throw new ProblemException(ProblemCodes.ReasonRequired) : null;
        // The reason is shown in lines of text, where a line break would make two of it.
        if (reason.Length > Longest || reason.Any(char.IsControl))
            throw new ProblemException(ProblemCodes.ReasonInvalid);
        return reason.Trim();
    }

    private static string? InBody(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
            return null;
        try
        {
            var reader = new Utf8JsonReader(body.Span);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isReason = reader.ValueTextEquals(Name);
                reader.Read();
                if (isReason)
                    return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                reader.Skip();
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // Whatever is wrong with the body is the function's to say.
        }

        return null;
    }
}
