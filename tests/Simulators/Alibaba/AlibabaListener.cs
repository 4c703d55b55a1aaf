namespace Certrelay.Simulators.Alibaba;

/// <summary>A listener of a load balancer with its own TLS port: a default certificate, and further ones by name.</summary>
internal sealed class AlibabaListener : IAsyncDisposable
{
    private readonly AlibabaWorld _world;
    private readonly TlsFront _front;

    public AlibabaListener(AlibabaWorld world, string product, string id, string bound, AlibabaCertificate certificate)
    {
        _world = world;
        Default = new AlibabaPlace(world, product, id, []);
        Default.Begin(bound, certificate);
        world.Places.Add(Default);
        _front = new TlsFront(name =>
        {
            lock (world)
                return Further.Find(place => place.Served?.Covers(name) == true)?.Served ?? Default.Served;
        });
    }

    public string Product => Default.Product;

    public string Id => Default.Id;

    public AlibabaPlace Default { get; }

    public List<AlibabaPlace> Further { get; } = [];

    public int Port => _front.Port;

    public bool IsSettled => Default.IsSettled && Further.TrueForAll(static place => place.IsSettled);

    /// <summary>One more certificate, for the names that it has or for one domain.</summary>
    public AlibabaPlace Add(string id, string bound, AlibabaCertificate certificate, bool atOnce)
    {
        var place = new AlibabaPlace(_world, Product, id, []);
        if (atOnce)
            place.Begin(bound, certificate);
        else
            place.Bind(bound, certificate);
        Further.Add(place);
        _world.Places.Add(place);
        return place;
    }

    public void Remove(AlibabaPlace place)
    {
        Further.Remove(place);
        _world.Places.Remove(place);
        // The listener is busy with it for a while.
        Default.Busy(_world.Pace.Settling);
    }

    public ValueTask DisposeAsync() => _front.DisposeAsync();
}
