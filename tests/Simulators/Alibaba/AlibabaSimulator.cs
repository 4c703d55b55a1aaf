using System.Text.Json;
using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Alibaba;

/// <summary>Alibaba Cloud on loopback: its certificate store and the products that bind from it.</summary>
public sealed partial class AlibabaSimulator : ISimulator
{
    private readonly TimeProvider _time;
    private readonly AlibabaWorld _world;
    private readonly CasProduct _cas;
    private readonly WafProduct _waf;
    private readonly EsaProduct _esa;
    private readonly ClbProduct _clb;
    private readonly BalancerProducts _balancers;
    private readonly GaProduct _ga;
    private readonly OssProduct _oss;
    private readonly InlineProducts _inline;
    private readonly RoaProducts _roa;
    private readonly DeploymentJobs _jobs;
    private readonly CsProduct _cs;
    private readonly List<AlibabaAction> _actions;
    private readonly List<AlibabaCredentials> _credentials = [AlibabaCredentials.Example];
    private readonly Acs3Check _signatures;
    private readonly Oss4Check _ossSignatures;
    private readonly TlsFront _edge;
    private SimulatorServer _server = null!;

    private AlibabaSimulator(TimeProvider time)
    {
        (_time, _world, Rudeness) = (time, new AlibabaWorld(time), new Rudeness(time));
        (_cas, _cs) = (new CasProduct(_world), new CsProduct(time));
        (_signatures, _ossSignatures) = (new Acs3Check(time, _credentials), new Oss4Check(time, _credentials));
        (_oss, _inline, _roa, _jobs) = (new OssProduct(_world), new InlineProducts(_world), new RoaProducts(_world), new DeploymentJobs(_world, _cas));
        (_waf, _esa, _clb, _balancers, _ga) = (new WafProduct(_world), new EsaProduct(_world), new ClbProduct(_world), new BalancerProducts(_world), new GaProduct(_world));
        _actions =
        [
            .. _cas.Actions, .. new EdgeProducts(_world).Actions, .. _waf.Actions, .. _esa.Actions, .. _clb.Actions, .. _balancers.Actions, .. _ga.Actions,
            .. new GatewayProducts(_world, _clb).Actions, .. _inline.Actions, .. _roa.Actions, .. _jobs.Actions, .. _cs.Actions, .. new DdosProduct(_world).Actions,
        ];
        _edge = new TlsFront(name =>
        {
            lock (_world)
                return _world.OnEdge(name);
        });
    }

    public string Vendor => "alibaba";

    public Uri Endpoint => _server.Endpoint;

    /// <summary>Those to clusters included, in the order of their times.</summary>
    public IReadOnlyList<SimulatorCall> Calls => _cs.Clusters.Count == 0 ? _server.Calls : [.. _server.Calls.Concat(_cs.Clusters.SelectMany(static cluster => cluster.Calls)).OrderBy(static call => call.At)];

    public IReadOnlyList<SimulatorRequest> Requests => _server.Requests;

    public Rudeness Rudeness { get; }

    /// <summary>The TLS port of every product that serves by name.</summary>
    public int EdgePort => _edge.Port;

    /// <summary>Actions whose parameters are taken from a form too, though their definition places them in the query.</summary>
    public ISet<string> TakesForm { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Starts one without resources, which knows <see cref="AlibabaCredentials.Example"/>.</summary>
    public static async Task<AlibabaSimulator> StartAsync(TimeProvider time, int port = 0)
    {
        var simulator = new AlibabaSimulator(time);
        simulator._server = await SimulatorServer.StartAsync(port, simulator.AnswerAsync);
        return simulator;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _edge.DisposeAsync();
        foreach (var listener in Listeners)
            await listener.DisposeAsync();
        foreach (var cluster in _cs.Clusters)
            await cluster.DisposeAsync();
    }

    private async Task<(SimulatorAnswer Answer, SimulatorCall? Call)> AnswerAsync(SimulatorRequest request, CancellationToken cancellationToken)
    {
        if (request.Header("x-acs-action") is null && request.Header("Authorization")?.StartsWith("OSS", StringComparison.Ordinal) == true)
            return await AnswerOssAsync(request, cancellationToken);
        var requestId = Guid.NewGuid().ToString().ToUpperInvariant();
        AlibabaAction? action = null;
        IReadOnlyDictionary<string, string> values = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            lock (_world)
                _signatures.Check(request);
            (action, values, var body) = Understand(request);
            if (await Rudeness.NextAsync(action.Id, cancellationToken) is { } rule)
                return Rude(rule, CallOf(action, values, rule.Fault == Fault.Throttle ? "Throttling.User" : "500"), requestId);
            // The API of a cluster listens from the first time that somebody asks for the way to it.
            foreach (var cluster in action.Service == "cs" ? _cs.Clusters : [])
                await cluster.StartAsync();
            lock (_world)
            {
                var answer = action.Answer(new AlibabaCall(values, body));
                return (Json(200, answer, requestId), CallOf(action, values, null));
            }
        }
        catch (AlibabaFault fault)
        {
            return (Refusal(fault, requestId), action is null ? null : CallOf(action, values, fault.Code));
        }
        catch (Exception wrong) when (wrong is InvalidOperationException or FormatException or JsonException)
        {
            return (Refusal(new AlibabaFault(400, "InvalidParameter", "A value is of another type."), requestId), action is null ? null : CallOf(action, values, "InvalidParameter"));
        }
    }

    private async Task<(SimulatorAnswer Answer, SimulatorCall? Call)> AnswerOssAsync(SimulatorRequest request, CancellationToken cancellationToken)
    {
        var (writes, action, about) = (request.Method != "GET", request.Method == "GET" ? "oss.ListCname" : "oss.PutCname", "");
        try
        {
            lock (_world)
                about = _ossSignatures.BucketOf(request, _oss.Buckets);
            if (await Rudeness.NextAsync(action, cancellationToken) is { } rule)
            {
                return rule.Fault != Fault.Throttle
                    ? (SimulatorAnswer.Of(500, "text/html", "<html><body><h1>500 Internal Server Error</h1></body></html>"), new SimulatorCall(action, about, writes, "500", _time.GetUtcNow()))
                    : throw new AlibabaFault(503, "Throttling", "Please reduce your request rate.");
            }

            lock (_world)
            {
                (var answer, action, about) = _oss.Answer(request, about);
                return (answer, new SimulatorCall(action, about, writes, null, _time.GetUtcNow()));
            }
        }
        catch (AlibabaFault fault)
        {
            return (OssProduct.Refusal(fault), new SimulatorCall(action, about, writes, fault.Code, _time.GetUtcNow()));
        }
    }

    private (AlibabaAction Action, IReadOnlyDictionary<string, string> Values, JsonObject? Body) Understand(SimulatorRequest request)
    {
        var name = request.Header("x-acs-action") ?? throw AlibabaFault.Missing("x-acs-action");
        var version = request.Header("x-acs-version") ?? throw AlibabaFault.Missing("x-acs-version");
        var action = _actions.Find(action => action.Name == name && action.Version == version && action.Match(request.RawPath) is not null)
            ?? throw new AlibabaFault(404, "InvalidAction.NotFound", $"The action {name} is not found in the version {version}.");
        if (request.Method != action.Method)
            throw new AlibabaFault(405, "UnsupportedHTTPMethod", $"{name} is called with {action.Method}.");
        var isForm = request.Header("content-type") == "application/x-www-form-urlencoded";
        if (action.Place == Place.Query && isForm && !TakesForm.Contains(action.Id))
            throw new AlibabaFault(400, "InvalidParameter", $"{name} takes its parameters in the query.");
        if (action.Place == Place.Form && !isForm)
            throw new AlibabaFault(400, "MissingParameter", $"{name} takes its parameters as a form.");
        if (action.Json && request.Header("content-type") != "application/json; charset=utf-8")
            throw new AlibabaFault(415, "UnsupportedMediaType", $"{name} takes JSON.");
        var given = isForm ? [.. request.Query, .. request.Form] : request.Query;
        action.Check(given);
        var values = new Dictionary<string, string>(action.Match(request.RawPath)!, StringComparer.Ordinal);
        foreach (var (key, value) in given)
            values[key] = value;
        return (action, values, action.Json ? JsonNode.Parse(request.Body) as JsonObject ?? throw AlibabaFault.Invalid("body") : null);
    }

    private static (SimulatorAnswer Answer, SimulatorCall? Call) Rude(FaultRule rule, SimulatorCall call, string requestId)
    {
        if (rule.Fault != Fault.Throttle)
            return (SimulatorAnswer.Of(500, "text/html", "<html><body><h1>500 Internal Server Error</h1></body></html>"), call);
        var refusal = Refusal(new AlibabaFault(400, "Throttling.User", "Request was denied due to user flow control."), requestId);
        return (refusal with { Headers = new Dictionary<string, string> { ["x-acs-retry-after"] = $"{rule.Delay.TotalMilliseconds:0}" } }, call);
    }

    private SimulatorCall CallOf(AlibabaAction action, IReadOnlyDictionary<string, string> values, string? code) =>
        new(action.Id, values.GetValueOrDefault(action.About) ?? "", action.Writes, code, _time.GetUtcNow());

    private static SimulatorAnswer Refusal(AlibabaFault fault, string requestId)
    {
        var answer = new JsonObject { ["Code"] = fault.Code, ["Message"] = fault.Message, ["HostId"] = "simulated.aliyuncs.com", ["Recommend"] = "https://api.aliyun.com" };
        if (fault.Status == 200)
            (answer["Success"], answer["ErrorCode"]) = (false, fault.Code);
        return Json(fault.Status, answer, requestId);
    }

    private static SimulatorAnswer Json(int status, JsonObject answer, string requestId)
    {
        answer["RequestId"] = requestId;
        answer["SimulatedExtra"] = new JsonObject { ["Note"] = "A field that no client knows." };
        return SimulatorAnswer.Of(status, "application/json;charset=utf-8", answer.ToJsonString());
    }
}
