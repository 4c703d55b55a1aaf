using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Certrelay.Tests.Http;

namespace Certrelay.Tests.Api;

/// <summary>The API document as a judge of answers.</summary>
internal sealed class ApiContract(JsonObject document)
{
    // Members of single problems, beside those that all have (RFC 9457 section 3.2).
    private static readonly string[] ProblemMembers = ["targets", "rollouts", "refused"];

    /// <summary>What an answer has that the document does not tell, and the other way round.</summary>
    public IEnumerable<string> FaultsOf(string method, string path, Reply reply)
    {
        var templates = document["paths"]!.AsObject().Where(one => Regex.IsMatch(path, $"^{Regex.Replace(one.Key, @"\{[^}]*\}", "[^/]+", default, Limit)}$", default, Limit));
        var item = templates.OrderBy(one => one.Key.Count(c => c == '{')).First().Value!;
        if (item[method.ToLowerInvariant()] is not { } operation)
            return [];
        var responses = operation["responses"]!.AsObject();
        if ((responses[$"{reply.Status}"] ?? (reply.ContentType == "application/problem+json" ? responses["default"] : null)) is not { } response)
            return [$"{method} {path}: {reply.Status} is not documented: {reply.Body}"];
        if (response["content"] is not { } content)
            return reply.Body.Length == 0 ? [] : [$"{method} {path}: {reply.Status} has no body in the document"];
        if (content[reply.ContentType ?? ""] is not { } described)
            return [$"{method} {path}: {reply.Status} as {reply.ContentType} is not documented"];
        if (reply.ContentType is "text/csv" or "application/x-ndjson" || (string?)described["schema"]?["format"] == "binary")
            return [];
        var body = reply.Json;
        if (reply.ContentType == "application/problem+json")
        {
            foreach (var member in ProblemMembers)
                body.AsObject().Remove(member);
        }

        return SchemaCheck.Faults(body, described["schema"]!, document).Concat(
            response["headers"]?["ETag"] is not null && !reply.Headers.ContainsKey("ETag") ? [$"{method} {path}: the ETag is missing"] : []);
    }

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);
}
