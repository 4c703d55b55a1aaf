namespace Certrelay.Simulators.Huawei;

/// <summary>Huawei Cloud on loopback: IAM, the certificate store, CDN, load balancers and the firewall behind one port.</summary>
public sealed class HuaweiSimulator : ISimulator
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly HuaweiOptions _options;
    private readonly SdkHmacCheck _check;
    private readonly ScmDeployments _deployments;
    private readonly IReadOnlyList<HuaweiRoute> _routes;
    private readonly TlsFront _edge;
    private readonly TlsFront _firewall;
    private SimulatorServer? _server;

    private HuaweiSimulator(TimeProvider time, HuaweiOptions options)
    {
        (_time, _options, _check) = (time, options, new SdkHmacCheck(options.Credentials, time));
        Rudeness = new Rudeness(time);
        Scm = new ScmStore(time);
        Cdn = new CdnEdge(time, Scm, options);
        ElbCertificates = new ElbCertificates(time, options);
        ElbListeners = new ElbListeners(time, options, ElbCertificates);
        Waf = new WafService(time, options);
        _deployments = new ScmDeployments(Scm, Cdn, ElbCertificates, Waf, options);
        _routes =
        [
            .. new IamDirectory(options).Routes, .. Scm.Routes, .. _deployments.Routes, .. Cdn.Routes, .. ElbCertificates.Routes, .. ElbListeners.Routes, .. Waf.Routes,
        ];
        _edge = new TlsFront(Cdn.Serve);
        _firewall = new TlsFront(Waf.Serve);
    }

    public string Vendor => "huawei";

    public Uri Endpoint => _server!.Endpoint;

    public IReadOnlyList<SimulatorCall> Calls => _server!.Calls;

    public IReadOnlyList<SimulatorRequest> Requests => _server!.Requests;

    public Rudeness Rudeness { get; }

    /// <summary>The account's certificate store.</summary>
    public ScmStore Scm { get; }

    public CdnEdge Cdn { get; }

    public ElbCertificates ElbCertificates { get; }

    public ElbListeners ElbListeners { get; }

    public WafService Waf { get; }

    /// <summary>How many deployments of the store would have been charged.</summary>
    public int PaidDeployments => _deployments.Paid;

    /// <summary>The port on loopback where the edge of the content delivery network terminates TLS.</summary>
    public int CdnPort => _edge.Port;

    /// <summary>The port on loopback where the firewall terminates TLS.</summary>
    public int WafPort => _firewall.Port;

    public IEnumerable<string> Guide { get; private set; } = [];

    /// <summary>Starts one with the usual resources.</summary>
    public static async Task<ISimulator> StartAsync(TimeProvider time) => await StartAsync(time, new HuaweiOptions());

    public static async Task<HuaweiSimulator> StartAsync(TimeProvider time, HuaweiOptions options)
    {
        var simulator = new HuaweiSimulator(time, options);
        if (options.WithResources)
            simulator.AddUsualResources();
        simulator._server = await SimulatorServer.StartAsync(options.Port, simulator.AnswerAsync);
        return simulator;
    }

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        await _edge.DisposeAsync();
        await _firewall.DisposeAsync();
        await ElbListeners.DisposeAsync();
    }

    private void AddUsualResources()
    {
        Cdn.AddDomain("www.example.com", PemPair.SelfSigned(_time, "www.example.com"));
        Cdn.AddDomain("img.example.com", PemPair.SelfSigned(_time, "img.example.com"));
        Cdn.AddDomain("*.static.example.com");
        var first = ElbCertificates.Add("first", PemPair.SelfSigned(_time, "shop.example.com"));
        var other = ElbCertificates.Add("other", PemPair.SelfSigned(_time, "api.example.com"));
        var listener = ElbListeners.Add(first, [other]);
        var cloud = Waf.AddHost("app.example.com", PemPair.SelfSigned(_time, "app.example.com"));
        var premium = Waf.AddHost("intra.example.com", PemPair.SelfSigned(_time, "intra.example.com"), isPremium: true);
        var credentials = _options.Credentials[0];
        Guide =
        [
            $"access key {credentials.AccessKey}, secret {credentials.SecretKey}; projects: {string.Join(", ", _options.Projects.Keys)}",
            $"CDN at 127.0.0.1:{CdnPort}: www.example.com, img.example.com (own certificates), *.static.example.com (no HTTPS yet)",
            $"ELB listener {listener} at 127.0.0.1:{ElbListeners.PortOf(listener)}: {first} by default, {other} for api.example.com",
            $"WAF at 127.0.0.1:{WafPort}: app.example.com (cloud, {cloud}), intra.example.com (premium, {premium})",
        ];
    }

    private async Task<(SimulatorAnswer Answer, SimulatorCall? Call)> AnswerAsync(SimulatorRequest request, CancellationToken cancellationToken)
    {
        var route = _routes.Select(route => (Route: route, Path: route.Match(request.Method, request.RawPath))).FirstOrDefault(static one => one.Path is not null);
        if (route.Path is null)
            return (HuaweiAnswers.Error("", new HuaweiRefusal(404, HuaweiAnswers.NoSuchApi, "The API does not exist or has not been published in the environment")), null);
        var call = new HuaweiCall(route.Route, request, route.Path);
        var action = route.Route.Action;
        try
        {
            lock (_lock)
                _check.Check(request);
            switch (await Rudeness.NextAsync(action, cancellationToken))
            {
                case { Fault: Fault.Throttle }:
                    throw new HuaweiRefusal(429, HuaweiAnswers.Throttled, "The throttling threshold has been reached: policy user over ratelimit");
                case { Fault: Fault.ServerError }:
                    return (HuaweiAnswers.ServerError(), Called("500"));
            }

            lock (_lock)
                return (route.Route.Answer(call), Called(null));
        }
        catch (HuaweiRefusal refusal)
        {
            return (HuaweiAnswers.Error(action, refusal), Called(refusal.Code));
        }

        SimulatorCall Called(string? code) => new(action, call.Resource, route.Route.Writes, code, _time.GetUtcNow());
    }
}
