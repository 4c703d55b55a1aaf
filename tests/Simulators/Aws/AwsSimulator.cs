namespace Certrelay.Simulators.Aws;

/// <summary>AWS on loopback: ACM, CloudFront, Elastic Load Balancing of both generations, IAM's server certificates and STS, told apart by the signature's scope.</summary>
public sealed class AwsSimulator : ISimulator
{
    private readonly AwsCloud _cloud;
    private readonly List<AwsKey> _keys = [AwsKey.Lasting, AwsKey.Temporary, AwsKey.China];
    private readonly TlsFront _edge;
    private SimulatorServer? _server;

    private AwsSimulator(TimeProvider time)
    {
        _cloud = new AwsCloud(time);
        Rudeness = new Rudeness(time);
        _edge = new TlsFront(ServeAtEdge);
    }

    public string Vendor => "aws";

    public Uri Endpoint => _server!.Endpoint;

    public IReadOnlyList<SimulatorCall> Calls => _server!.Calls;

    public IReadOnlyList<SimulatorRequest> Requests => _server!.Requests;

    public Rudeness Rudeness { get; }

    /// <summary>The keys that are known.</summary>
    public IReadOnlyList<AwsKey> Keys => _keys;

    public AwsLimits Limits => _cloud.Limits;

    /// <summary>What somebody else does right before the next change of a distribution is looked at; spent by it.</summary>
    public Action? BeforeNextUpdate { get; set; }

    /// <summary>Where handshakes with every distribution can be seen, by server name.</summary>
    public int EdgePort => _edge.Port;

    public IEnumerable<string> Guide =>
    [
        $"access key {AwsKey.Lasting.AccessKeyId}, secret {AwsKey.Lasting.SecretAccessKey}; of the China partition {AwsKey.China.AccessKeyId}, {AwsKey.China.SecretAccessKey}",
        $"temporary key {AwsKey.Temporary.AccessKeyId}, secret {AwsKey.Temporary.SecretAccessKey}, session token {AwsKey.Temporary.SessionToken}",
        .. Resources,
    ];

    private List<string> Resources
    {
        get
        {
            lock (_cloud.Lock)
            {
                return
                [
                    .. from one in _cloud.Distributions
                       select $"distribution {one.Id} ({string.Join(", ", Distribution.AliasesOf(one.Config.Latest))}), handshakes at 127.0.0.1:{EdgePort}",
                    .. from one in _cloud.LoadBalancers.SelectMany(static balancer => balancer.Listeners)
                       where one.Tls is not null
                       let name = one.Arn.Length > 0 ? one.Arn : $"{one.Balancer.Name}:{one.Port} in {one.Balancer.Region}"
                       select $"{one.Balancer.Kind} listener {name}, handshakes at 127.0.0.1:{one.Tls!.Port}",
                ];
            }
        }
    }

    /// <summary>Starts with nothing stored; a free port when it is 0.</summary>
    public static async Task<AwsSimulator> StartAsync(TimeProvider time, int port = 0)
    {
        var simulator = new AwsSimulator(time);
        simulator._server = await SimulatorServer.StartAsync(port, simulator.AnswerAsync);
        return simulator;
    }

    /// <summary>Starts with a distribution and a load balancer of each kind, all serving one made-up certificate.</summary>
    public static async Task<ISimulator> StartWithExamplesAsync(TimeProvider time)
    {
        var simulator = await StartAsync(time);
        ExampleResources.AddTo(simulator);
        return simulator;
    }

    /// <summary>Puts a certificate into ACM as if it had been imported earlier; its ARN.</summary>
    /// <param name="type"><c>AMAZON_ISSUED</c> for one that cannot be imported over.</param>
    public string AddCertificate(string region, string body, string? chain, string key, string? arn = null, string type = "IMPORTED")
    {
        lock (_cloud.Lock)
        {
            var partition = PartitionOf(region);
            var added = new AcmCertificate(
                arn ?? $"arn:{partition}:acm:{region}:{AwsCall.AccountId}:certificate/{Guid.NewGuid()}", region, type, CertificateMaterial.Read(body, chain, key), _cloud);
            _cloud.Certificates.Add(added);
            return added.Arn;
        }
    }

    /// <summary>Puts a server certificate into IAM; its ARN for load balancers and its id for CloudFront.</summary>
    public (string Arn, string Id) AddServerCertificate(string name, string path, string body, string? chain, string key, string partition = "aws")
    {
        lock (_cloud.Lock)
        {
            var added = IamService.Add(_cloud, partition, name, path, CertificateMaterial.Read(body, chain, key));
            return (added.Arn, added.Id);
        }
    }

    /// <summary>Adds a distribution.</summary>
    /// <param name="certificate">An ARN of ACM, or the id of a server certificate; null: the service's own, which no alias can have.</param>
    /// <param name="reference">What the configuration names as its caller's reference.</param>
    /// <param name="etag">Null: a made-up one.</param>
    /// <param name="viewerSupport">How it tells its certificates apart: <c>sni-only</c>, <c>static-ip</c>.</param>
    public Distribution AddDistribution(
        string id, IReadOnlyList<string> aliases, string? certificate, string partition = "aws", string reference = "made-by-hand", string? etag = null,
        string viewerSupport = "sni-only", string viewerProtocol = "TLSv1.2_2021")
    {
        lock (_cloud.Lock)
        {
            var added = new Distribution(
                _cloud, partition, id, etag ?? Distribution.NewETag(), DistributionConfig.Make(reference, aliases, certificate, viewerSupport, viewerProtocol));
            _cloud.Distributions.Add(added);
            return added;
        }
    }

    /// <summary>Adds a load balancer without a listener.</summary>
    /// <param name="id">The last part of its ARN; null: made up.</param>
    public LoadBalancer AddLoadBalancer(string region, LoadBalancerKind kind, string name, string? id = null)
    {
        lock (_cloud.Lock)
        {
            var added = new LoadBalancer(_cloud, region, PartitionOf(region), kind, name, id ?? Guid.NewGuid().ToString("N")[..16]);
            _cloud.LoadBalancers.Add(added);
            return added;
        }
    }

    /// <summary>From now on the callers may not do this: <c>acm.ImportCertificate</c>.</summary>
    public void Deny(string action) => _cloud.Denied[action] = true;

    /// <summary>From now on each write to a resource is refused with a code: a distribution's id, a listener's ARN, <c>name:port</c> of a classic one, a certificate's ARN.</summary>
    public void Refuse(string resource, string code) => _cloud.Refused[resource] = code;

    /// <summary>The ARNs of what ACM holds in a region.</summary>
    public IReadOnlyList<string> CertificatesIn(string region)
    {
        lock (_cloud.Lock)
            return [.. _cloud.Certificates.Where(one => one.Region == region).Select(static one => one.Arn)];
    }

    /// <summary>The names of what IAM holds.</summary>
    public IReadOnlyList<string> ServerCertificateNames
    {
        get
        {
            lock (_cloud.Lock)
                return [.. _cloud.ServerCertificates.Select(static one => one.Name)];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        await _edge.DisposeAsync();
        foreach (var listener in _cloud.LoadBalancers.SelectMany(static one => one.Listeners))
            await listener.DisposeAsync();
    }

    private async Task<(SimulatorAnswer Answer, SimulatorCall? Call)> AnswerAsync(SimulatorRequest request, CancellationToken cancellationToken)
    {
        var service = ServiceOf(request);
        AwsAction? action = null;
        AwsCall? call = null;
        try
        {
            var caller = SigV4Check.Verify(request, _keys, _cloud.Now);
            action = service.Find(request);
            if (service.ScopeRegion is { } scope && scope(caller.Key.Partition) != caller.Region)
                throw AwsAnswers.Of(new AuthenticationFaultException(AuthenticationFault.Mismatch, $"Credential should be scoped to a valid region: {scope(caller.Key.Partition)}"), service.Protocol);
            var name = $"{service.Name}.{action.Name}";
            call = new AwsCall(request, caller, action, _cloud);
            switch (await Rudeness.NextAsync(name, cancellationToken))
            {
                case { Fault: Fault.Throttle }:
                    throw AwsAnswers.Throttled(service.Protocol);
                case { Fault: Fault.ServerError }:
                    return (SimulatorAnswer.Of(500, "text/html", "<html><body><h1>Internal Server Error</h1></body></html>"), Note("InternalFailure"));
            }

            if (_cloud.Denied.ContainsKey(name))
                throw AwsAnswers.Denied(service.Protocol, name);
            if (action.Writes && BeforeNextUpdate is { } meanwhile && service.Name == "cloudfront")
            {
                BeforeNextUpdate = null;
                meanwhile();
            }

            lock (_cloud.Lock)
                return (action.Run(call), Note(null));
        }
        catch (AuthenticationFaultException fault)
        {
            var refusal = AwsAnswers.Of(fault, service.Protocol);
            return (AwsAnswers.Refusal(service, refusal), Note(refusal.Code));
        }
        catch (AwsFaultException fault)
        {
            return (AwsAnswers.Refusal(service, fault), Note(fault.Code));
        }

        SimulatorCall? Note(string? code) => action is null ? null : new SimulatorCall($"{service.Name}.{action.Name}", call?.Resource ?? "", action.Writes, code, _cloud.Now);
    }

    // Each service has a host of its own; on one port it is the scope that tells, and the form of what is not signed.
    private static AwsService ServiceOf(SimulatorRequest request) => SigV4Check.ServiceOf(request) switch
    {
        "acm" => AcmService.Service,
        "cloudfront" => CloudFrontService.Service,
        "iam" => IamService.Service,
        "sts" => StsService.Service,
        "elasticloadbalancing" => request.Form.Any(static field => field is { Key: "Version", Value: ClassicService.Version }) ? ClassicService.Service : ElbV2Service.Service,
        _ when request.Header("x-amz-target") is not null => AcmService.Service,
        _ when request.RawPath != "/" => CloudFrontService.Service,
        _ => StsService.Service,
    };

    private StoredCertificate? ServeAtEdge(string name)
    {
        lock (_cloud.Lock)
        {
            var distribution = _cloud.Distributions.Find(one => Distribution.AliasesOf(one.Config.InEffect).Contains(name, StringComparer.OrdinalIgnoreCase));
            return distribution is null ? null : _cloud.Serve(Distribution.CertificateOf(distribution.Config.InEffect));
        }
    }

    private static string PartitionOf(string region) => region.StartsWith("cn-", StringComparison.Ordinal) ? "aws-cn" : "aws";
}
