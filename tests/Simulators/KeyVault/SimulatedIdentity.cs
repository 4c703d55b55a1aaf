using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Certrelay.Simulators.KeyVault;

/// <summary>
/// The identity platform as far as a service asks it: client credentials (OAuth 2.0) for one application, and the token service that App Service gives to its apps as their
/// managed identity. Tokens are opaque and known only here.
/// </summary>
internal sealed class SimulatedIdentity(string tenant, string clientId, string clientSecret)
{
    private const string Host = "login.microsoftonline.com";
    private const string Resource = "https://vault.azure.net";

    private readonly ConcurrentDictionary<string, bool> _tokens = new(StringComparer.Ordinal);

    /// <summary>The secret header of the managed identity's token service.</summary>
    public string Header { get; } = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));

    public string Challenge => $"Bearer authorization=\"https://{Host}/{tenant}\", resource=\"{Resource}\"";

    public static bool Serves(string host) => host == Host;

    public bool Knows(string? authorization) => authorization is not null && authorization.StartsWith("Bearer ", StringComparison.Ordinal) && _tokens.ContainsKey(authorization[7..]);

    /// <summary>Forgets every token, as if they had expired early.</summary>
    public void Revoke() => _tokens.Clear();

    public SimulatorAnswer Answer(SimulatorRequest request) => (request.Method, request.RawPath) switch
    {
        ("GET", "/common/discovery/instance") => Json(200, new JsonObject
        {
            ["tenant_discovery_endpoint"] = $"https://{Host}/{tenant}/v2.0/.well-known/openid-configuration",
            ["api-version"] = "1.1",
            ["metadata"] = new JsonArray(new JsonObject
            {
                ["preferred_network"] = Host,
                ["preferred_cache"] = Host,
                ["aliases"] = new JsonArray(Host),
            }),
        }),
        ("GET", var path) when path == $"/{tenant}/v2.0/.well-known/openid-configuration" => Json(200, new JsonObject
        {
            ["token_endpoint"] = $"https://{Host}/{tenant}/oauth2/v2.0/token",
            ["authorization_endpoint"] = $"https://{Host}/{tenant}/oauth2/v2.0/authorize",
            ["issuer"] = $"https://{Host}/{tenant}/v2.0",
        }),
        ("POST", var path) when path == $"/{tenant}/oauth2/v2.0/token" => Token(request.Form.ToDictionary(static pair => pair.Key, static pair => pair.Value, StringComparer.Ordinal)),
        _ => Json(404, new JsonObject { ["error"] = "not_found" }),
    };

    /// <summary>The answer of App Service's token service to an app's process.</summary>
    public SimulatorAnswer ManagedAnswer(SimulatorRequest request)
    {
        var query = request.Query.ToDictionary(static pair => pair.Key, static pair => pair.Value, StringComparer.Ordinal);
        if (request.Header("X-IDENTITY-HEADER") != Header || query.GetValueOrDefault("api-version") != "2019-08-01" || query.GetValueOrDefault("resource") != Resource
            || (query.TryGetValue("client_id", out var asked) && asked != clientId))
            return Json(400, new JsonObject { ["statusCode"] = 400, ["message"] = "No managed identity was found for these parameters." });
        var expires = TimeProvider.System.GetUtcNow().AddHours(24).ToUnixTimeSeconds();
        return Json(200, new JsonObject { ["access_token"] = NewToken(), ["expires_on"] = $"{expires}", ["resource"] = Resource, ["token_type"] = "Bearer", ["client_id"] = clientId });
    }

    private SimulatorAnswer Token(Dictionary<string, string> form)
    {
        if (form.GetValueOrDefault("grant_type") != "client_credentials" || form.GetValueOrDefault("client_id") != clientId)
            return Json(400, new JsonObject { ["error"] = "unauthorized_client", ["error_description"] = "AADSTS700016: The application was not found in the directory.", ["error_codes"] = new JsonArray(700016) });
        if (form.GetValueOrDefault("scope")?.Split(' ').Contains($"{Resource}/.default") != true)
            return Json(400, new JsonObject { ["error"] = "invalid_scope", ["error_description"] = "AADSTS70011: The scope is not valid.", ["error_codes"] = new JsonArray(70011) });
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(form.GetValueOrDefault("client_secret") ?? ""), Encoding.UTF8.GetBytes(clientSecret)))
            return Json(401, new JsonObject { ["error"] = "invalid_client", ["error_description"] = "AADSTS7000215: Invalid client secret provided.", ["error_codes"] = new JsonArray(7000215) });
        return Json(200, new JsonObject { ["token_type"] = "Bearer", ["expires_in"] = 3599, ["ext_expires_in"] = 3599, ["access_token"] = NewToken() });
    }

    private string NewToken()
    {
        var token = Convert.ToHexString(RandomNumberGenerator.GetBytes(24));
        _tokens[token] = true;
        return token;
    }

    private static SimulatorAnswer Json(int status, JsonObject body) => SimulatorAnswer.Of(status, "application/json; charset=utf-8", body.ToJsonString());
}
