using System.Text.Json;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Azure;

/// <summary>Reads how Key Vault and the identity platform tell of a failure, and says what kind each is.</summary>
internal static class AzureErrors
{
    /// <summary>The failure of an answer of Key Vault (<c>{error:{code,message,innererror:{code}}}</c>); null for a success.</summary>
    public static CloudFault? Judge(CloudAnswer answer)
    {
        if (answer.IsSuccess)
            return null;
        var (code, words) = Read(answer.Body);
        return new CloudFault(KindOf(answer.Status, code), code.Length == 0 ? $"HTTP {answer.Status}" : code, words, answer.RetryAfter);
    }

    /// <summary>The failure of an answer to a request for a token (<c>{error,error_description}</c>, RFC 6749 section 5.2); null for a success.</summary>
    public static CloudFault? JudgeToken(CloudAnswer answer)
    {
        if (answer.IsSuccess)
            return null;
        var (code, words) = Read(answer.Body);
        // What is wrong with an application, its secret or its tenant is told with 400 or 401.
        var kind = answer.Status is 400 or 401 ? CloudFaultKind.Credentials : KindOf(answer.Status, code);
        return new CloudFault(kind, code.Length == 0 ? $"HTTP {answer.Status}" : code, words, answer.RetryAfter);
    }

    private static CloudFaultKind KindOf(int status, string code) => (status, code) switch
    {
        (401, _) => CloudFaultKind.Credentials,
        (403, _) => CloudFaultKind.Permission,
        (404, _) => CloudFaultKind.NotFound,
        (429, _) => CloudFaultKind.Throttled,
        (409, "ObjectIsBeingDeleted" or "ObjectIsBeingRecovered") => CloudFaultKind.Busy,
        (409, _) => CloudFaultKind.Conflict,
        (400, "BadParameter") => CloudFaultKind.Certificate,
        ( >= 500, _) => CloudFaultKind.Unavailable,
        _ => CloudFaultKind.Refused,
    };

    private static (string Code, string Words) Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement is not { ValueKind: JsonValueKind.Object } root || !root.TryGetProperty("error", out var error))
                return ("", "");
            if (error.ValueKind is JsonValueKind.String)
                return (error.GetString()!, Text(root, "error_description"));
            if (error.ValueKind is not JsonValueKind.Object)
                return ("", "");
            // The inner code is the one that tells a deleted name from a pending operation.
            var inner = error.TryGetProperty("innererror", out var more) && more.ValueKind is JsonValueKind.Object ? Text(more, "code") : "";
            return (inner.Length > 0 ? inner : Text(error, "code"), Text(error, "message"));
        }
        catch (JsonException)
        {
            // A page of a proxy between us and the vendor.
            return ("", "");
        }
    }

    private static string Text(JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString()! : "";
}
