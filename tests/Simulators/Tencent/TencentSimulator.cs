using System.Text.Json;
using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Tencent;

/// <summary>Tencent Cloud on loopback: its certificate store with the deployment jobs, CDN, CLB and WAF; EdgeOne, COS, live and VOD as far as the jobs reach them.</summary>
public sealed partial class TencentSimulator : ISimulator
{
    private static readonly Dictionary<string, string> Versions = new(StringComparer.Ordinal)
    {
        ["ssl"] = "2019-12-05",
        ["cdn"] = "2018-06-06",
        ["clb"] = "2018-03-17",
        ["waf"] = "2018-01-25",
    };

    private readonly TimeProvider _time;
    private readonly TencentWorld _world;
    private readonly CertificateStore _store;
    private readonly CdnProduct _cdn;
    private readonly ClbProduct _clb;
    private readonly WafProduct _waf;
    private readonly Dictionary<string, TencentAction> _actions;
    private readonly List<TencentCredentials> _credentials = [TencentCredentials.Example];
    private readonly TlsFront _edge;
    private SimulatorServer _server = null!;

    private TencentSimulator(TimeProvider time)
    {
        (_time, _world, Rudeness) = (time, new TencentWorld(time), new Rudeness(time));
        (_store, _cdn, _clb, _waf) = (new CertificateStore(_world), new CdnProduct(_world), new ClbProduct(_world), new WafProduct(_world));
        _actions = ((IEnumerable<TencentAction>)[.. _store.Actions, .. new DeploymentJobs(_world, _store).Actions, .. _cdn.Actions, .. _clb.Actions, .. _waf.Actions])
            .ToDictionary(static action => action.Name, StringComparer.Ordinal);
        _edge = new TlsFront(name =>
        {
            lock (_world)
                return _world.OnEdge(name);
        });
    }

    public string Vendor => "tencent";

    public Uri Endpoint => _server.Endpoint;

    public IReadOnlyList<SimulatorCall> Calls => _server.Calls;

    public IReadOnlyList<SimulatorRequest> Requests => _server.Requests;

    public Rudeness Rudeness { get; }

    /// <summary>The TLS port of every product that serves by name: all but CLB.</summary>
    public int EdgePort => _edge.Port;

    /// <summary>Starts one without resources, which knows <see cref="TencentCredentials.Example"/>.</summary>
    public static async Task<TencentSimulator> StartAsync(TimeProvider time, int port = 0)
    {
        var simulator = new TencentSimulator(time);
        simulator._server = await SimulatorServer.StartAsync(port, simulator.AnswerAsync);
        return simulator;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _edge.DisposeAsync();
        await _clb.DisposeAsync();
    }

    private async Task<(SimulatorAnswer Answer, SimulatorCall? Call)> AnswerAsync(SimulatorRequest request, CancellationToken cancellationToken)
    {
        var requestId = Guid.NewGuid().ToString();
        TencentAction? action = null;
        JsonObject body = [];
        try
        {
            (action, body) = Understand(request);
            if (await Rudeness.NextAsync(action.Name, cancellationToken) is { } rule)
                return Rude(rule, action, body, requestId);
            var call = new TencentCall(request.Header("X-TC-Region"), body, requestId);
            lock (_world)
            {
                action.Check(call);
                return (Envelope(action.Answer(call), requestId), CallOf(action, body, null));
            }
        }
        catch (TencentFault fault)
        {
            return (Refusal(fault, requestId), action is null ? null : CallOf(action, body, fault.Code));
        }
        catch (Exception wrong) when (wrong is InvalidOperationException or FormatException)
        {
            // A value within an object or a list that is of another type than the action's.
            return (Refusal(TencentFault.Invalid("A value is of another type."), requestId), action is null ? null : CallOf(action, body, "InvalidParameter"));
        }
    }

    private (TencentAction Action, JsonObject Body) Understand(SimulatorRequest request)
    {
        if (request.Method != "POST" || request.RawPath != "/")
            throw new TencentFault("UnsupportedProtocol", "Calls are sent with POST to the path /.");
        string service;
        lock (_world)
            service = new Tc3Check(_time, _credentials).ServiceOf(request);
        var name = request.Header("X-TC-Action") ?? throw TencentFault.Missing("X-TC-Action");
        var version = request.Header("X-TC-Version") ?? throw TencentFault.Missing("X-TC-Version");
        if (!Versions.TryGetValue(service, out var known) || version != known)
            throw new TencentFault("NoSuchVersion", $"The version {version} of {service} does not exist.");
        var action = _actions.GetValueOrDefault($"{service}.{name}") ?? throw new TencentFault("InvalidAction", $"The action {name} does not exist in this version.");
        if (request.Header("Content-Type")?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) != true)
            throw TencentFault.Invalid("The content type is not application/json.");
        return (action, Parse(request.Body));
    }

    private static JsonObject Parse(byte[] body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject ?? throw TencentFault.Invalid("The body is not a JSON object.");
        }
        catch (Exception wrong) when (wrong is JsonException or ArgumentException)
        {
            throw TencentFault.Invalid("The body is not valid JSON.");
        }
    }

    private (SimulatorAnswer Answer, SimulatorCall? Call) Rude(FaultRule rule, TencentAction action, JsonObject body, string requestId) => rule.Fault == Fault.Throttle
        // The vendor names no delay.
        ? (Refusal(new TencentFault("RequestLimitExceeded", "Your current request times exceeds the limit per second."), requestId), CallOf(action, body, "RequestLimitExceeded"))
        : (SimulatorAnswer.Of(500, "text/html", "<html><body><h1>500 Internal Server Error</h1></body></html>"), CallOf(action, body, "500"));

    private SimulatorCall CallOf(TencentAction action, JsonObject body, string? code) =>
        new(action.Name, body[action.About] switch { JsonValue value => value.ToString(), { } other => other.ToJsonString(), null => "" }, action.Writes, code, _time.GetUtcNow());

    private static SimulatorAnswer Refusal(TencentFault fault, string requestId) =>
        Envelope(new JsonObject { ["Error"] = new JsonObject { ["Code"] = fault.Code, ["Message"] = fault.Message } }, requestId);

    private static SimulatorAnswer Envelope(JsonObject response, string requestId)
    {
        response["RequestId"] = requestId;
        response["SimulatedExtra"] = new JsonObject { ["Note"] = "A field that no client knows." };
        return SimulatorAnswer.Of(200, "application/json", new JsonObject { ["Response"] = response }.ToJsonString());
    }
}
