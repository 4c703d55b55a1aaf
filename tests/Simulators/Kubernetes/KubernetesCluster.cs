using System.Text;
using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Kubernetes;

/// <summary>
/// A cluster on loopback: its API over TLS of its own authority, which knows its users by client certificates and refuses every media type that it does not read, and an
/// Ingress controller that serves what Ingresses refer to.
/// </summary>
public sealed class KubernetesCluster : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Rudeness _rudeness;
    private readonly ClusterObjects _objects;
    private readonly ClusterIdentity _identity;
    private readonly TlsFront _ingress;
    private readonly HashSet<string> _denied = new(StringComparer.Ordinal);
    private readonly List<(DateTimeOffset At, Dictionary<string, StoredCertificate> Hosts)> _served = [];
    private readonly Lazy<Task<SimulatorServer>> _server;
    private readonly List<TlsFront> _listeners = [];

    public KubernetesCluster(string id, TimeProvider time, Rudeness rudeness)
    {
        (Id, _time, _rudeness) = (id, time, rudeness);
        (_objects, _identity) = (new ClusterObjects(time), new ClusterIdentity(time));
        _server = new Lazy<Task<SimulatorServer>>(() => SimulatorServer.StartAsync(0, AnswerAsync, _identity.Server, asksWho: true));
        _ingress = new TlsFront(Served);
    }

    public string Id { get; }

    /// <summary>The TLS port of the Ingress controller.</summary>
    public int IngressPort => _ingress.Port;

    /// <summary>How long the controller takes to serve what an Ingress refers to.</summary>
    public TimeSpan Lag { get; set; }

    /// <summary>The certificate behind an identifier of the vendor's store; null: there is none.</summary>
    public Func<string, StoredCertificate?> Stored { get; set; } = static _ => null;

    /// <summary>Called between the answer to a read of an Ingress and whatever comes next, once: somebody who is quicker.</summary>
    public Action? BehindRead { get; set; }

    public IReadOnlyList<SimulatorCall> Calls => _server.IsValueCreated && _server.Value.IsCompletedSuccessfully ? _server.Value.Result.Calls : [];

    /// <summary>Starts the API, if it has not been; returns its address.</summary>
    public async Task<Uri> StartAsync() => (await _server.Value).Endpoint;

    /// <summary>A kubeconfig for a user; the API must have been started.</summary>
    public string Kubeconfig(string user, TimeSpan life) => _identity.Kubeconfig(_server.Value.Result.Endpoint, user, life);

    /// <summary>From now on nobody may do this: <c>patch ingresses</c>.</summary>
    public void Deny(string verbAndResource)
    {
        lock (_lock)
            _denied.Add(verbAndResource);
    }

    public void Allow(string verbAndResource)
    {
        lock (_lock)
            _denied.Remove(verbAndResource);
    }

    /// <summary>Puts an object there as somebody does, without a forced conflict.</summary>
    /// <param name="manager">Who: with <paramref name="verb"/> <c>create</c> or <c>update</c> by any write, with <c>apply</c> by declaring it.</param>
    public void Put(JsonObject one, string manager, string verb = "create")
    {
        var resource = ClusterResource.All.Single(known => known.Kind == (string?)one["kind"]);
        var (method, type) = verb switch
        {
            "create" => ("POST", "application/json"),
            "update" => ("PUT", "application/json"),
            _ => ("PATCH", ClusterRequest.ApplyType),
        };
        var metadata = one["metadata"]!;
        var request = new SimulatorRequest(method, $"/?fieldManager={manager}", [new("Content-Type", type)], Encoding.UTF8.GetBytes(one.ToJsonString()));
        lock (_lock)
        {
            _objects.Answer(new ClusterRequest(verb, resource, (string?)metadata["namespace"], verb == "create" ? null : (string?)metadata["name"], request));
            Changed();
        }
    }

    /// <summary>A TLS Secret as somebody made it by hand.</summary>
    public void AddSecret(string @namespace, string name, string chain, string key, string manager = "kubectl-create") => Put(
        new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = @namespace },
            ["type"] = "kubernetes.io/tls",
            ["data"] = new JsonObject { ["tls.crt"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(chain)), ["tls.key"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(key)) },
        },
        manager);

    /// <summary>An Ingress with entries of <c>spec.tls</c>: hosts and the Secret that they refer to.</summary>
    public void AddIngress(string @namespace, string name, string manager, string verb, params IReadOnlyList<(string[] Hosts, string? Secret)> entries) => Put(Ingress(@namespace, name, entries), manager, verb);

    /// <summary>An AlbConfig with one listener per port and its certificates, the first of each the default one; returns the TLS port of each listener.</summary>
    public IReadOnlyList<int> AddAlbConfig(string name, string manager, string verb, params IReadOnlyList<(int Port, string[] Identifiers)> listeners)
    {
        var shown = listeners.Select(static listener => (JsonNode)new JsonObject
        {
            ["port"] = listener.Port,
            ["protocol"] = "HTTPS",
            ["certificates"] = new JsonArray([.. listener.Identifiers.Select(static (id, place) => (JsonNode)new JsonObject { ["CertificateId"] = id, ["IsDefault"] = place == 0 })]),
        });
        var config = new JsonObject
        {
            ["apiVersion"] = "alibabacloud.com/v1",
            ["kind"] = "AlbConfig",
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject { ["config"] = new JsonObject { ["name"] = name, ["addressType"] = "Internet" }, ["listeners"] = new JsonArray([.. shown]) },
        };
        Put(config, manager, verb);
        var fronts = listeners.Select((_, place) => new TlsFront(host => OfListener(name, place, host))).ToList();
        _listeners.AddRange(fronts);
        return [.. fronts.Select(static front => front.Port)];
    }

    /// <summary>Changes an Ingress as a <c>kubectl edit</c> does.</summary>
    public void EditIngress(string @namespace, string name, string manager, params IReadOnlyList<(string[] Hosts, string? Secret)> entries) =>
        Put(Ingress(@namespace, name, entries), manager, "update");

    /// <summary>An object as a text, versions and owners included; null: there is none.</summary>
    public string? Show(string kind, string? @namespace, string name)
    {
        var resource = ClusterResource.All.Single(known => known.Kind == kind);
        lock (_lock)
        {
            return _objects.Find(kind, @namespace, name) is null
                ? null
                : _objects.Answer(new ClusterRequest("get", resource, @namespace, name, new SimulatorRequest("GET", "/", [], []))).ToJsonString();
        }
    }

    /// <summary>The names of the objects of a kind.</summary>
    public IReadOnlyList<string> Names(string kind)
    {
        lock (_lock)
            return [.. _objects.Of(kind).Select(static one => (string)one["metadata"]!["name"]!)];
    }

    /// <summary>Removes an object behind everybody's back.</summary>
    public void Remove(string kind, string? @namespace, string name)
    {
        var resource = ClusterResource.All.Single(known => known.Kind == kind);
        lock (_lock)
        {
            _objects.Answer(new ClusterRequest("delete", resource, @namespace, name, new SimulatorRequest("DELETE", "/", [], [])));
            Changed();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated)
            await (await _server.Value).DisposeAsync();
        await _ingress.DisposeAsync();
        foreach (var listener in _listeners)
            await listener.DisposeAsync();
        _identity.Dispose();
    }

    private static JsonObject Ingress(string @namespace, string name, IReadOnlyList<(string[] Hosts, string? Secret)> entries) => new()
    {
        ["apiVersion"] = "networking.k8s.io/v1",
        ["kind"] = "Ingress",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = @namespace },
        ["spec"] = new JsonObject
        {
            ["ingressClassName"] = "nginx",
            ["tls"] = new JsonArray([.. entries.Select(static entry =>
            {
                var one = new JsonObject { ["hosts"] = new JsonArray([.. entry.Hosts.Select(static host => (JsonNode)host)]) };
                if (entry.Secret is not null)
                    one["secretName"] = entry.Secret;
                return (JsonNode)one;
            })]),
            ["rules"] = new JsonArray([.. entries.SelectMany(static entry => entry.Hosts).Select(static host => (JsonNode)new JsonObject { ["host"] = host })]),
        },
    };

    private StoredCertificate? Served(string host)
    {
        lock (_lock)
        {
            var at = _time.GetUtcNow() - Lag;
            var shown = _served.FindLastIndex(one => one.At <= at) is >= 0 and var last ? _served[last] : _served.FirstOrDefault();
            return shown.Hosts?.GetValueOrDefault(host);
        }
    }

    private StoredCertificate? OfListener(string config, int place, string host)
    {
        List<string> identifiers;
        lock (_lock)
            identifiers = [.. _objects.Find("AlbConfig", null, config)?["spec"]!["listeners"]![place]!["certificates"]!.AsArray().Select(static one => (string)one!["CertificateId"]!) ?? []];
        var all = identifiers.Select(Stored).OfType<StoredCertificate>().ToList();
        return all.Find(one => one.Covers(host)) ?? all.FirstOrDefault();
    }

    /// <summary>What the controller has to serve from now on.</summary>
    private void Changed()
    {
        var hosts = new Dictionary<string, StoredCertificate>(StringComparer.OrdinalIgnoreCase);
        foreach (var ingress in _objects.Of("Ingress"))
        {
            foreach (var entry in ingress["spec"]?["tls"] as JsonArray ?? [])
            {
                if ((string?)entry!["secretName"] is not { } secret || _objects.Find("Secret", (string?)ingress["metadata"]!["namespace"], secret) is not { } found)
                    continue;
                var certificate = StoredCertificate.Read(Text(found, "tls.crt"), null, Text(found, "tls.key"));
                foreach (var host in entry["hosts"] as JsonArray ?? [])
                    hosts[(string)host!] = certificate;
            }
        }

        _served.Add((_time.GetUtcNow(), hosts));
    }

    private static string Text(JsonObject secret, string name) => Encoding.ASCII.GetString(Convert.FromBase64String((string)secret["data"]![name]!));

    private async Task<(SimulatorAnswer Answer, SimulatorCall? Call)> AnswerAsync(SimulatorRequest http, CancellationToken cancellationToken)
    {
        ClusterRequest? request = null;
        try
        {
            if (_identity.UserOf(http.ClientCertificate) is not { } user)
                throw new ClusterFault(401, "Unauthorized", "Unauthorized");
            if (http.Header("Accept") is { } accept && !accept.Contains("json", StringComparison.Ordinal) && !accept.Contains("*/*", StringComparison.Ordinal))
                throw new ClusterFault(406, "NotAcceptable", "only the following media types are accepted: application/json");
            request = ClusterRequest.Of(http);
            if (request is null)
                return (ClusterDiscovery.Answer(http.RawPath) is { } known ? Json(200, known) : new ClusterFault(404, "NotFound", "the server could not find the requested resource").Answer, null);
            if (await _rudeness.NextAsync(request.Action, cancellationToken) is { } rule)
                return (Rude(rule), Called(request, rule.Fault == Fault.Throttle ? "TooManyRequests" : "500"));
            return (Answer(request, user), Called(request, null));
        }
        catch (ClusterFault fault)
        {
            return (fault.Answer, request is null ? null : Called(request, fault.Reason));
        }
    }

    private SimulatorAnswer Answer(ClusterRequest request, string user)
    {
        SimulatorAnswer answer;
        lock (_lock)
        {
            var creates = request.Verb == "apply" && _objects.Find(request.Resource.Kind, request.Namespace, request.Name!) is null;
            foreach (var verb in creates ? (string[])["patch", "create"] : [request.Verb == "apply" ? "patch" : request.Verb])
            {
                if (_denied.Contains($"{verb} {request.Resource.Name}"))
                    throw new ClusterFault(403, "Forbidden", $"{request.Resource.FullName} \"{request.Name}\" is forbidden: User \"{user}\" cannot {verb} resource \"{request.Resource.Name}\" in API group \"{request.Resource.Group}\" in the namespace \"{request.Namespace}\"");
            }

            var before = _objects.Version;
            answer = Json(creates || request.Verb == "create" ? 201 : 200, _objects.Answer(request));
            if (_objects.Version != before)
                Changed();
        }

        if (request is { Verb: "get", Resource.Kind: "Ingress" } && BehindRead is { } quicker)
        {
            BehindRead = null;
            quicker();
        }

        return answer;
    }

    private static SimulatorAnswer Rude(FaultRule rule) => rule.Fault == Fault.Throttle
        ? new ClusterFault(429, "TooManyRequests", "Too many requests, please try again later.").Answer with
        {
            Headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Retry-After"] = $"{(int)rule.Delay.TotalSeconds}" },
        }
        : SimulatorAnswer.Of(503, "text/html", "<html>Service Unavailable</html>");

    private SimulatorCall Called(ClusterRequest request, string? code) => new(request.Action, request.About, request.Writes, code, _time.GetUtcNow());

    private static SimulatorAnswer Json(int status, JsonObject body) => SimulatorAnswer.Of(status, "application/json", body.ToJsonString());
}
