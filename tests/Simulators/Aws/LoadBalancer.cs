using System.Security.Cryptography.X509Certificates;

namespace Certrelay.Simulators.Aws;

/// <summary>The generations and kinds of load balancers.</summary>
public enum LoadBalancerKind
{
    Application,
    Network,
    Classic,
}

/// <summary>A load balancer with its listeners.</summary>
public sealed class LoadBalancer
{
    private readonly AwsCloud _cloud;
    private readonly List<Listener> _listeners = [];

    internal LoadBalancer(AwsCloud cloud, string region, string partition, LoadBalancerKind kind, string name, string id)
    {
        _cloud = cloud;
        (Region, Kind, Name) = (region, kind, name);
        Path = kind == LoadBalancerKind.Classic ? name : $"{(kind == LoadBalancerKind.Application ? "app" : "net")}/{name}/{id}";
        ArnRoot = $"arn:{partition}:elasticloadbalancing:{region}:{AwsCall.AccountId}:";
    }

    public string Region { get; }

    public LoadBalancerKind Kind { get; }

    public string Name { get; }

    public string Arn => $"{ArnRoot}loadbalancer/{Path}";

    public IReadOnlyList<Listener> Listeners => _listeners;

    internal string ArnRoot { get; }

    internal string Path { get; }

    /// <summary>Adds a listener; one for TLS listens on a free port of loopback, whatever its own number.</summary>
    /// <param name="protocol"><c>HTTPS</c>, <c>TLS</c>, <c>SSL</c>; <c>HTTP</c> and <c>TCP</c> have no certificate.</param>
    /// <param name="certificate">The ARN of the default one; null with the last two protocols.</param>
    /// <param name="id">The last part of the ARN; null: made up.</param>
    public Listener AddListener(int port, string protocol, string? certificate, string? id = null)
    {
        lock (_cloud.Lock)
        {
            var listener = new Listener(_cloud, this, port, protocol, certificate, id ?? Guid.NewGuid().ToString("N")[..16]);
            _listeners.Add(listener);
            return listener;
        }
    }
}

/// <summary>One listener, which terminates TLS with what is bound to it.</summary>
public sealed class Listener : IAsyncDisposable
{
    private readonly AwsCloud _cloud;

    internal Listener(AwsCloud cloud, LoadBalancer balancer, int port, string protocol, string? certificate, string id)
    {
        _cloud = cloud;
        (Balancer, Port, Protocol) = (balancer, port, protocol);
        Arn = balancer.Kind == LoadBalancerKind.Classic ? "" : $"{balancer.ArnRoot}listener/{balancer.Path}/{id}";
        Binding = new Settling<ListenerBinding>(new ListenerBinding(certificate, []), cloud.Time);
        Tls = protocol is "HTTPS" or "TLS" or "SSL" ? new TlsFront(Serve) : null;
    }

    public LoadBalancer Balancer { get; }

    /// <summary>Empty for a listener of a Classic Load Balancer, which is named by its port.</summary>
    public string Arn { get; }

    public int Port { get; }

    public string Protocol { get; }

    /// <summary>Where its handshakes can be seen; null without TLS.</summary>
    public TlsFront? Tls { get; }

    /// <summary>The ARN of the default certificate as it was set last.</summary>
    public string? DefaultCertificate
    {
        get
        {
            lock (_cloud.Lock)
                return Binding.Latest.Default;
        }
    }

    /// <summary>The ARNs beside the default one as they were set last.</summary>
    public IReadOnlyList<string> FurtherCertificates
    {
        get
        {
            lock (_cloud.Lock)
                return Binding.Latest.Further;
        }
    }

    internal Settling<ListenerBinding> Binding { get; }

    internal void Bind(ListenerBinding binding)
    {
        if (binding != Binding.Latest)
            Binding.Set(binding, _cloud.Limits.Propagation);
    }

    public async ValueTask DisposeAsync()
    {
        if (Tls is { } front)
            await front.DisposeAsync();
    }

    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html: the list is asked first, and its best match wins by
    // the kind of its key, its size and its validity; the default one serves whoever names no host or one that nothing in the list covers.
    private StoredCertificate? Serve(string name)
    {
        lock (_cloud.Lock)
        {
            var binding = Binding.InEffect;
            return binding.Further.Select(_cloud.Serve).OfType<StoredCertificate>()
                .Where(one => name.Length > 0 && one.Covers(name))
                .OrderBy(static one => one.Leaf.PublicKey.Oid.Value == "1.2.840.10045.2.1" ? 0 : 1)
                .ThenByDescending(static one => one.Leaf.GetRSAPublicKey()?.KeySize ?? one.Leaf.GetECDsaPublicKey()?.KeySize)
                .ThenByDescending(static one => one.Leaf.NotAfter)
                .FirstOrDefault() ?? _cloud.Serve(binding.Default);
        }
    }
}

/// <summary>The ARNs of a listener's certificates.</summary>
internal sealed record ListenerBinding(string? Default, IReadOnlyList<string> Further)
{
    public IEnumerable<string> All => Default is { } one ? Further.Append(one) : Further;
}
