using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Aws;

/// <summary>ACM over JSON 1.1, the action named by <c>X-Amz-Target: CertificateManager.…</c>.</summary>
internal static class AcmService
{
    private const string Target = "CertificateManager.";

    private static readonly string[] ShownByDefault = ["RSA_1024", "RSA_2048"];

    private static readonly Dictionary<string, (bool Writes, string[] Fields, Func<JsonCall, SimulatorAnswer> Run)> Actions = new(StringComparer.Ordinal)
    {
        ["ImportCertificate"] = (true, ["CertificateArn", "Certificate", "PrivateKey", "CertificateChain", "Tags"], AcmImport.Run),
        ["ListCertificates"] = (false, ["CertificateStatuses", "Includes", "NextToken", "MaxItems", "SortBy", "SortOrder"], List),
        ["DescribeCertificate"] = (false, ["CertificateArn"], static call => AwsAnswers.Json(new JsonObject { ["Certificate"] = Find(call).Detail() })),
        ["GetCertificate"] = (false, ["CertificateArn"], Get),
        ["DeleteCertificate"] = (true, ["CertificateArn"], Delete),
        ["AddTagsToCertificate"] = (true, ["CertificateArn", "Tags"], AddTags),
        ["ListTagsForCertificate"] = (false, ["CertificateArn"], ListTags),
    };

    public static AwsService Service { get; } = new("acm", AwsProtocol.Json, "", ScopeRegion: null, static request =>
    {
        if (request.Method != "POST" || request.RawPath != "/" || request.Header("content-type") != "application/x-amz-json-1.1"
            || request.Header("x-amz-target") is not { } target || !target.StartsWith(Target, StringComparison.Ordinal)
            || !Actions.TryGetValue(target[Target.Length..], out var action))
            throw new AwsFaultException("UnknownOperationException", "The action is not one of this service.");
        return new AwsAction(target[Target.Length..], action.Writes, call => action.Run(JsonCall.Read(call, action.Fields)));
    });

    /// <summary>The certificate that the call names; throws <see cref="AwsFaultException"/>.</summary>
    public static AcmCertificate Find(JsonCall call)
    {
        var arn = call.Text("CertificateArn") ?? throw JsonCall.Missing("certificateArn");
        call.Call.About(arn);
        if (!arn.StartsWith("arn:", StringComparison.Ordinal) || arn.Split(':').Length != 6)
            throw new AwsFaultException("InvalidArnException", $"Invalid ARN: {arn}");
        return call.Cloud.Certificates.Find(one => one.Arn == arn && one.Region == call.Call.Region)
            ?? throw new AwsFaultException("ResourceNotFoundException", $"Could not find certificate {arn}.");
    }

    // Without Includes.keyTypes the list shows RSA keys of at most 2048 bits, which hides the others without a word.
    private static SimulatorAnswer List(JsonCall call)
    {
        var kinds = call.Body["Includes"]?["keyTypes"] is JsonArray listed ? listed.Select(static one => one!.GetValue<string>()).ToArray() : ShownByDefault;
        var states = call.Body["CertificateStatuses"] is JsonArray named ? named.Select(static one => one!.GetValue<string>()).ToArray() : null;
        var size = call.Body["MaxItems"]?.GetValue<int>() ?? 1000;
        if (size is < 1 or > 1000)
            throw new AwsFaultException("ValidationException", "Value at 'maxItems' failed to satisfy constraint: Member must be between 1 and 1000");
        var from = call.Text("NextToken") is { } token ? int.Parse(token, CultureInfo.InvariantCulture) : 0;
        var all = call.Cloud.Certificates
            .Where(one => one.Region == call.Call.Region && one.VisibleFrom <= call.Cloud.Now && kinds.Contains(one.Material.Latest.KeyType) && states?.Contains(one.Status) != false)
            .ToList();
        var answer = new JsonObject { ["CertificateSummaryList"] = new JsonArray([.. all.Skip(from).Take(size).Select(static one => one.Summary())]) };
        if (from + size < all.Count)
            answer["NextToken"] = (from + size).ToString(CultureInfo.InvariantCulture);
        return AwsAnswers.Json(answer);
    }

    private static SimulatorAnswer Get(JsonCall call)
    {
        var material = Find(call).Material.Latest;
        return AwsAnswers.Json(new JsonObject { ["Certificate"] = material.Body, ["CertificateChain"] = material.Chain });
    }

    private static SimulatorAnswer Delete(JsonCall call)
    {
        var certificate = Find(call);
        if (call.Cloud.InUseBy(certificate.Arn).Any())
            throw new AwsFaultException("ResourceInUseException", $"Certificate {certificate.Arn} in account {AwsCall.AccountId} is in use.");
        call.Cloud.Certificates.Remove(certificate);
        return AwsAnswers.Empty();
    }

    private static SimulatorAnswer AddTags(JsonCall call)
    {
        var certificate = Find(call);
        AcmImport.Tag(certificate, call.Body["Tags"] as JsonArray ?? throw JsonCall.Missing("tags"));
        return AwsAnswers.Empty();
    }

    private static SimulatorAnswer ListTags(JsonCall call) => AwsAnswers.Json(new JsonObject
    {
        ["Tags"] = new JsonArray([.. Find(call).Tags.Select(static tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })]),
    });
}

/// <summary>A call with its JSON body.</summary>
internal sealed class JsonCall(AwsCall call, JsonObject body)
{
    public AwsCall Call { get; } = call;

    public AwsCloud Cloud => Call.Cloud;

    public JsonObject Body { get; } = body;

    public string? Text(string field) => Body[field]?.GetValue<string>();

    // The real ones pass over a field that they do not know; here it is a mistake of whoever sent it.
    public static JsonCall Read(AwsCall call, IReadOnlyList<string> fields)
    {
        try
        {
            var body = JsonNode.Parse(call.Request.Body) as JsonObject ?? throw new AwsFaultException("SerializationException", "Start of structure or map found where not expected.");
            if (body.Select(static field => field.Key).Except(fields).FirstOrDefault() is { } unknown)
                throw new AwsFaultException("ValidationException", $"Unexpected field {unknown}");
            return new JsonCall(call, body);
        }
        catch (JsonException)
        {
            throw new AwsFaultException("SerializationException", "The body is no JSON.");
        }
    }

    /// <summary>The text behind a base64 field; null without it. Throws <see cref="AwsFaultException"/> when it is no base64, or longer than allowed.</summary>
    public string? Blob(string field, int longest)
    {
        if (Text(field) is not { } text)
            return null;
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var length))
            throw new AwsFaultException("SerializationException", $"{field} is no base64.");
        return length <= longest ? Encoding.UTF8.GetString(bytes, 0, length)
            : throw new AwsFaultException("ValidationException", $"Value at '{field}' failed to satisfy constraint: Member must have length less than or equal to {longest}");
    }

    public static AwsFaultException Missing(string field) =>
        new("ValidationException", $"1 validation error detected: Value null at '{field}' failed to satisfy constraint: Member must not be null");
}
