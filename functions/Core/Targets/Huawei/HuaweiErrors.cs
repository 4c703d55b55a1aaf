using System.Text.Json;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets.Huawei;

/// <summary>Reads the four shapes in which Huawei Cloud's services tell of a failure, and says what kind each is, once for all its targets.</summary>
internal static class HuaweiErrors
{
    /// <summary>The failure of an answer; null for a success.</summary>
    public static CloudFault? Judge(CloudAction action, CloudAnswer answer)
    {
        if (answer.IsSuccess)
            return null;
        var (code, words) = Read(answer.Body);
        return new CloudFault(KindOf(action, answer.Status, code), code.Length == 0 ? $"HTTP {answer.Status}" : code, words, answer.RetryAfter);
    }

    private static CloudFaultKind KindOf(CloudAction action, int status, string code) => (status, code) switch
    {
        // Also a wrong clock: six failures in a row lock the key for five minutes, so that none is tried again before somebody has looked.
        (401, _) or (_, "APIGW.0301" or "APIG.0301") => CloudFaultKind.Credentials,
        (429, _) or (_, "APIGW.0308" or "APIG.0308") => CloudFaultKind.Throttled,
        (_, "ELB.8905" or "ELB.9807" or "ELB.5151") => CloudFaultKind.Quota,
        (_, "ELB.1011" or "ELB.5013" or "SCM.0012" or "SCM.0053" or "SCM.0054" or "SCM.0079" or "SCM.0114") => CloudFaultKind.Certificate,
        (404, _) or (_, "ELB.8904" or "ELB.5040" or "CDN.0171") => CloudFaultKind.NotFound,
        (409, _) when action.Name.StartsWith("Delete", StringComparison.Ordinal) => CloudFaultKind.InUse,
        (409, _) when action == HuaweiActions.ScmImport => CloudFaultKind.Conflict,
        (409, _) => CloudFaultKind.Busy,
        (403, _) => CloudFaultKind.Permission,
        ( >= 500, _) => CloudFaultKind.Unavailable,
        _ => CloudFaultKind.Refused,
    };

    // {error_code,error_msg} · {error:{error_code,error_msg}} · {code,message} · {error:{code,message,title}}
    private static (string Code, string Words) Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("error", out var inner) && inner.ValueKind == JsonValueKind.Object)
                root = inner;
            return root.ValueKind == JsonValueKind.Object ? (Text(root, "error_code", "title", "code"), Text(root, "error_msg", "message")) : ("", "");
        }
        catch (JsonException)
        {
            // A page of a proxy between us and the vendor.
            return ("", "");
        }
    }

    private static string Text(JsonElement from, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (from.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String)
                return value.GetString()!;
        }

        return "";
    }
}
