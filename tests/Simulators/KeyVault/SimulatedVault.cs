using System.Text;
using System.Text.Json.Nodes;

namespace Certrelay.Simulators.KeyVault;

/// <summary>One vault: what its data plane does with secrets (REST API 7.4), soft delete included. It can be told to be slow about deletions and recoveries.</summary>
public sealed class SimulatedVault
{
    private const int LongestValue = 25_000;
    private const int MostTags = 15;
    private const int LargestPage = 25;

    private static readonly string[] SetMembers = ["value", "contentType", "attributes", "tags"];
    private static readonly string[] UpdateMembers = ["contentType", "attributes", "tags"];

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, NamedSecret> _secrets = new(StringComparer.OrdinalIgnoreCase);
    private readonly TimeProvider _time;

    internal SimulatedVault(string name, TimeProvider time) => (Name, _time) = (name, time);

    public string Name { get; }

    /// <summary>What a client is given as its address.</summary>
    public Uri Address => new($"https://{Name}.vault.azure.net/");

    /// <summary>How many entries a page of a list holds; the real one's 25 unless set.</summary>
    public int PageSize { get; set; } = LargestPage;

    /// <summary>How many calls after a deletion or a recovery find the secret still on its way.</summary>
    public int SettlingCalls { get; set; }

    /// <summary>Everything that is held, deleted or not: for a search through the vault's own storage.</summary>
    public byte[] Storage
    {
        get
        {
            lock (_lock)
                return Encoding.UTF8.GetBytes(string.Join('\n', _secrets.Values.SelectMany(static secret => secret.Versions.Select(version => $"{secret.Name} {version.Value}"))));
        }
    }

    /// <summary>The names that hold something and are not deleted.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_lock)
                return [.. _secrets.Values.Where(static secret => secret.Deleted is null).Select(static secret => secret.Name)];
        }
    }

    /// <summary>Each version of each secret that is not deleted, as <c>name/version</c>, with its state.</summary>
    public IReadOnlyList<string> Entries
    {
        get
        {
            lock (_lock)
            {
                return [.. from secret in _secrets.Values where secret.Deleted is null
                           from version in secret.Versions select $"{secret.Name}/{version.Id} {(version.Enabled ? "enabled" : "disabled")}"];
            }
        }
    }

    /// <summary>Deletes a secret behind the product's back, as an operator might in the portal.</summary>
    public void DeleteByHand(string name)
    {
        lock (_lock)
            Delete(name);
    }

    /// <summary>Adds a version behind the product's back.</summary>
    public string PutByHand(string name, string value, string? contentType = null)
    {
        lock (_lock)
        {
            var added = Add(name, value);
            added.ContentType = contentType;
            return added.Id;
        }
    }

    internal SimulatorAnswer Answer(SimulatorRequest request)
    {
        var path = request.RawPath.Trim('/').Split('/');
        lock (_lock)
        {
            return (request.Method, path) switch
            {
                ("PUT", ["secrets", var name]) => Set(name, Body(request)),
                ("GET", ["secrets"]) => List(request),
                ("GET", ["secrets", var name, "versions"]) => Versions(request, name),
                ("GET", ["secrets", var name, ..]) when path.Length <= 3 => Get(name, path.ElementAtOrDefault(2)),
                ("PATCH", ["secrets", var name, var version]) => Update(name, version, Body(request)),
                ("DELETE", ["secrets", var name]) => Delete(name),
                ("GET", ["deletedsecrets", var name]) => Deleted(name) is { } secret ? Ok(DeletedBundle(secret)) : NotFound(name),
                ("POST", ["deletedsecrets", var name, "recover"]) => Recover(name),
                _ => Error(404, "NotFound", "There is no such operation."),
            };
        }
    }

    internal static SimulatorAnswer Error(int status, string code, string message, string? inner = null)
    {
        var error = new JsonObject { ["code"] = code, ["message"] = message };
        if (inner is not null)
            error["innererror"] = new JsonObject { ["code"] = inner };
        return Json(status, new JsonObject { ["error"] = error });
    }

    /// <summary>What a vault answers without a token that it knows, with who gives one.</summary>
    internal static SimulatorAnswer Unauthorized(string challenge) => Error(401, "Unauthorized", "AKV10000: Request is missing a Bearer or PoP token.") with
    {
        Headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["WWW-Authenticate"] = challenge },
    };

    /// <summary>What a vault that shall make a fault answers; null for none.</summary>
    internal static SimulatorAnswer? Of(FaultRule? rule) => rule switch
    {
        { Fault: Fault.Throttle } => Error(429, "Throttled", "Request was not processed because too many requests were received.") with
        {
            Headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Retry-After"] = $"{(int)rule.Delay.TotalSeconds}" },
        },
        { Fault: Fault.ServerError } => SimulatorAnswer.Of(503, "text/html", "<html>Service Unavailable</html>"),
        _ => null,
    };

    private static SimulatorAnswer Ok(JsonNode body) => Json(200, body);

    private static SimulatorAnswer Json(int status, JsonNode body) => SimulatorAnswer.Of(status, "application/json; charset=utf-8", body.ToJsonString());

    private static SimulatorAnswer NotFound(string name) =>
        Error(404, "SecretNotFound", $"A secret with (name/id) {name} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command.");

    private static SimulatorAnswer Bad(string message) => Error(400, "BadParameter", message);

    private static JsonObject? Body(SimulatorRequest request) =>
        request.Header("Content-Type")?.StartsWith("application/json", StringComparison.Ordinal) == true ? JsonNode.Parse(request.Body) as JsonObject : null;

    private SimulatorAnswer Set(string name, JsonObject? body)
    {
        if (FaultOf(body, SetMembers) is { } fault)
            return fault;
        if (!IsName(name))
            return Bad("The request URI contains an invalid name.");
        if ((string?)body!["value"] is not { Length: > 0 } value)
            return Bad("The request body must specify a value.");
        if (Encoding.UTF8.GetByteCount(value) > LongestValue)
            return Bad("The value is too long.");
        if (_secrets.TryGetValue(name, out var there) && there.Deleted is not null)
        {
            return there.Settling > 0 && there.Settling-- > 0
                ? Error(409, "Conflict", $"Secret {name} is currently being deleted.", "ObjectIsBeingDeleted")
                : Error(409, "Conflict", $"Secret {name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.", "ObjectIsDeletedButRecoverable");
        }

        if (there is { Settling: > 0 })
        {
            there.Settling--;
            return Error(409, "Conflict", $"Secret {name} is currently being recovered.", "ObjectIsBeingRecovered");
        }

        var added = Add(name, value);
        Change(added, body);
        return Ok(Bundle(_secrets[name], added, withValue: true));
    }

    private SimulatorAnswer Get(string name, string? version)
    {
        if (Live(name) is not { } secret || (string.IsNullOrEmpty(version) ? secret.Versions[^1] : secret.Versions.Find(found => found.Id == version)) is not { } found)
            return NotFound($"{name}/{version}");
        return found.Enabled
            ? Ok(Bundle(secret, found, withValue: true))
            : Error(403, "Forbidden", "Operation get is not allowed on a disabled secret.", "SecretDisabled");
    }

    private SimulatorAnswer Update(string name, string version, JsonObject? body)
    {
        if (FaultOf(body, UpdateMembers) is { } fault)
            return fault;
        if (Live(name) is not { } secret || secret.Versions.Find(found => found.Id == version) is not { } changed)
            return NotFound($"{name}/{version}");
        Change(changed, body!);
        changed.Updated = _time.GetUtcNow().ToUnixTimeSeconds();
        return Ok(Bundle(secret, changed, withValue: false));
    }

    private SimulatorAnswer Delete(string name)
    {
        if (Live(name) is not { } secret)
            return NotFound(name);
        secret.Deleted = _time.GetUtcNow();
        secret.Settling = SettlingCalls;
        return Ok(DeletedBundle(secret));
    }

    private SimulatorAnswer Recover(string name)
    {
        if (Deleted(name) is not { } secret)
            return NotFound(name);
        secret.Deleted = null;
        secret.Settling = SettlingCalls;
        return Ok(Bundle(secret, secret.Versions[^1], withValue: false));
    }

    private SimulatorAnswer List(SimulatorRequest request) => Page(
        request, "secrets", [.. _secrets.Values.Where(static secret => secret is { Deleted: null, Settling: 0 }).Select(secret => Item(secret, secret.Versions[^1], withVersion: false))]);

    private SimulatorAnswer Versions(SimulatorRequest request, string name) => Page(
        request, $"secrets/{name}/versions", Live(name) is { } secret ? [.. secret.Versions.OrderBy(static version => version.Id, StringComparer.Ordinal).Select(version => Item(secret, version, withVersion: true))] : []);

    private SimulatorAnswer Page(SimulatorRequest request, string path, List<JsonNode> items)
    {
        var query = request.Query.ToDictionary(static pair => pair.Key.ToLowerInvariant(), static pair => pair.Value, StringComparer.Ordinal);
        if (query.TryGetValue("maxresults", out var text) && (!int.TryParse(text, out var most) || most is < 1 or > LargestPage))
            return Bad("maxresults is from 1 to 25.");
        var start = 0;
        if (query.TryGetValue("$skiptoken", out var token) && (!int.TryParse(Encoding.ASCII.GetString(Convert.FromBase64String(token)), out start) || start > items.Count))
            return Bad("The skip token is invalid.");
        var end = Math.Min(items.Count, start + PageSize);
        var next = Uri.EscapeDataString(Convert.ToBase64String(Encoding.ASCII.GetBytes($"{end}")));
        return Ok(new JsonObject
        {
            ["value"] = new JsonArray([.. items[start..end]]),
            ["nextLink"] = end < items.Count ? $"{Address}{path}?api-version=7.4&$skiptoken={next}&maxresults={PageSize}" : null,
        });
    }

    private SecretVersion Add(string name, string value)
    {
        if (!_secrets.TryGetValue(name, out var secret))
            _secrets.Add(name, secret = new NamedSecret(name));
        var added = new SecretVersion(Guid.NewGuid().ToString("N"), value, _time.GetUtcNow());
        secret.Versions.Add(added);
        return added;
    }

    private static void Change(SecretVersion version, JsonObject body)
    {
        if (body.TryGetPropertyValue("contentType", out var type))
            version.ContentType = (string?)type;
        if (body["tags"] is JsonObject tags)
            version.Tags = (JsonObject)tags.DeepClone();
        if (body["attributes"]?["enabled"] is { } enabled)
            version.Enabled = (bool)enabled;
    }

    private static SimulatorAnswer? FaultOf(JsonObject? body, string[] members)
    {
        if (body is null)
            return Bad("The request body must be JSON.");
        if (body.Select(static member => member.Key).Except(members, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
            return Bad($"Unknown property {unknown}.");
        return body["tags"] is JsonObject { Count: > MostTags } || (body["tags"] as JsonObject)?.Any(static tag => tag.Key.Length > 512 || ((string?)tag.Value)?.Length > 256) == true
            ? Bad("There are too many tags, or one is too long.")
            : null;
    }

    /// <summary>The secret unless it is deleted or on its way back.</summary>
    private NamedSecret? Live(string name)
    {
        if (!_secrets.TryGetValue(name, out var secret) || secret.Deleted is not null)
            return null;
        if (secret.Settling == 0)
            return secret;
        secret.Settling--;
        return null;
    }

    private NamedSecret? Deleted(string name) => _secrets.TryGetValue(name, out var secret) && secret is { Deleted: not null, Settling: 0 } ? secret : null;

    private JsonObject DeletedBundle(NamedSecret secret)
    {
        var bundle = Bundle(secret, secret.Versions[^1], withValue: false);
        bundle["recoveryId"] = $"{Address}deletedsecrets/{secret.Name}";
        bundle["deletedDate"] = secret.Deleted!.Value.ToUnixTimeSeconds();
        bundle["scheduledPurgeDate"] = secret.Deleted.Value.AddDays(90).ToUnixTimeSeconds();
        return bundle;
    }

    private JsonObject Bundle(NamedSecret secret, SecretVersion version, bool withValue)
    {
        var bundle = Item(secret, version, withVersion: true);
        if (withValue)
            bundle["value"] = version.Value;
        return bundle;
    }

    private JsonObject Item(NamedSecret secret, SecretVersion version, bool withVersion)
    {
        var item = new JsonObject
        {
            ["id"] = withVersion ? $"{Address}secrets/{secret.Name}/{version.Id}" : $"{Address}secrets/{secret.Name}",
            ["attributes"] = new JsonObject
            {
                ["enabled"] = version.Enabled,
                ["created"] = version.Created,
                ["updated"] = version.Updated,
                ["recoveryLevel"] = "Recoverable",
                ["recoverableDays"] = 90,
            },
            // The real one adds members from version to version.
            ["x-ms-unknown"] = "ignored",
        };
        if (version.ContentType is not null)
            item["contentType"] = version.ContentType;
        if (version.Tags is not null)
            item["tags"] = version.Tags.DeepClone();
        return item;
    }

    private static bool IsName(string name) => name.Length is > 0 and <= 127 && name.All(static one => char.IsAsciiLetterOrDigit(one) || one == '-');
}
