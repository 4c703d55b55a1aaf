using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Alibaba;

/// <summary>CLB, API 2014-05-15: a certificate store of each region, HTTPS listeners and their domain extensions.</summary>
internal sealed class ClbProduct(AlibabaWorld world)
{
    private const string Version = "2014-05-15";

    private readonly List<ServerCertificate> _store = [];

    /// <param name="Source">The certificate of the account's store; null for one that was uploaded here.</param>
    private sealed record ServerCertificate(string Id, string Region, string Name, StoredCertificate Certificate, AlibabaCertificate? Source);

    /// <summary>Listeners by <c>lb-1:443</c>.</summary>
    public List<AlibabaListener> Listeners { get; } = [];

    public IEnumerable<AlibabaAction> Actions =>
    [
        new("slb", Version, "UploadServerCertificate",
            "RegionId! ServerCertificateName ServerCertificate PrivateKey AliCloudCertificateId AliCloudCertificateName AliCloudCertificateRegionId ResourceGroupId", "ServerCertificateName", Upload) { Writes = true },
        new("slb", Version, "DescribeServerCertificates", "RegionId! ServerCertificateId", "ServerCertificateId", List),
        new("slb", Version, "DeleteServerCertificate", "RegionId! ServerCertificateId!", "ServerCertificateId", Delete) { Writes = true },
        new("slb", Version, "DescribeLoadBalancerHTTPSListenerAttribute", "RegionId! LoadBalancerId! ListenerPort!", "LoadBalancerId", Describe),
        new("slb", Version, "SetLoadBalancerHTTPSListenerAttribute", "RegionId! LoadBalancerId! ListenerPort! ServerCertificateId", "LoadBalancerId", Set) { Writes = true },
        new("slb", Version, "SetDomainExtensionAttribute", "RegionId! DomainExtensionId! ServerCertificateId!", "DomainExtensionId", SetExtension) { Writes = true },
    ];

    /// <summary>Takes a certificate of the account's store into a region's.</summary>
    public string Import(string region, AlibabaCertificate source, string name)
    {
        var id = $"1231579085529123_{Guid.NewGuid():N}"[..40];
        _store.Add(new ServerCertificate(id, region, name, source.Certificate, source));
        return id;
    }

    /// <summary>The leaf and source of a certificate of a region, for products that stand on CLB.</summary>
    public AlibabaCertificate Source(string? id) => _store.Find(one => one.Id == id)?.Source ?? throw AlibabaFault.NotFound("ServerCertificate");

    private JsonObject Upload(AlibabaCall call)
    {
        var name = call.TextOrNull("ServerCertificateName") ?? "";
        if (name.Length > 80 || (name.Length > 0 && !char.IsLetter(name[0])))
            throw AlibabaFault.Invalid("ServerCertificateName");
        if (call.TextOrNull("AliCloudCertificateId") is { } number)
        {
            var source = world.ByNumber(number);
            if (call.TextOrNull("AliCloudCertificateRegionId") != source.Region || call.TextOrNull("AliCloudCertificateName") != source.Name)
                throw AlibabaFault.Invalid("AliCloudCertificateId");
            return new JsonObject { ["ServerCertificateId"] = Import(call.Text("RegionId"), source, name), ["Fingerprint"] = Colons(source.Certificate.Leaf.Thumbprint) };
        }

        var own = StoredCertificate.Read(call.Text("ServerCertificate"), null, call.Text("PrivateKey"));
        var id = $"1231579085529123_{Guid.NewGuid():N}"[..40];
        _store.Add(new ServerCertificate(id, call.Text("RegionId"), name, own, null));
        return new JsonObject { ["ServerCertificateId"] = id, ["Fingerprint"] = Colons(own.Leaf.Thumbprint) };
    }

    private JsonObject List(AlibabaCall call) => new()
    {
        ["ServerCertificates"] = new JsonObject
        {
            ["ServerCertificate"] = new JsonArray([.. _store
                .Where(one => one.Region == call.Text("RegionId") && call.TextOrNull("ServerCertificateId") is var id && (id is null || id == one.Id))
                .Select(static one => new JsonObject
                {
                    ["ServerCertificateId"] = one.Id,
                    ["ServerCertificateName"] = one.Name,
                    ["Fingerprint"] = Colons(one.Certificate.Leaf.Thumbprint),
                    ["CommonName"] = one.Certificate.Names[0],
                    ["IsAliCloudCertificate"] = one.Source is null ? 0 : 1,
                    ["AliCloudCertificateId"] = one.Source?.NumberText ?? "",
                    ["RegionId"] = one.Region,
                })]),
        },
    };

    private JsonObject Delete(AlibabaCall call)
    {
        var own = In(call.Text("RegionId"), call.Text("ServerCertificateId"));
        if (Listeners.Exists(listener => listener.Default.Bound == own.Id || listener.Further.Exists(place => place.Bound == own.Id)) || world.Places.Exists(place => place.Bound == own.Id))
            throw new AlibabaFault(400, "CertificateAndPrivateKeyIsRefered", "The certificate is used by a listener.");
        _store.Remove(own);
        return [];
    }

    private AlibabaListener Find(AlibabaCall call) =>
        Listeners.Find(one => one.Id == $"{call.Text("LoadBalancerId")}:{call.Text("ListenerPort")}") ?? throw new AlibabaFault(404, "ListenerNotExist", "The listener does not exist.");

    private JsonObject Describe(AlibabaCall call)
    {
        var listener = Find(call);
        return new JsonObject
        {
            ["ListenerPort"] = call.Number("ListenerPort"),
            ["Status"] = listener.IsSettled ? "running" : "configuring",
            ["ServerCertificateId"] = listener.Default.Bound,
            ["DomainExtensions"] = new JsonObject
            {
                ["DomainExtension"] = new JsonArray([.. listener.Further.Select(static place => new JsonObject
                {
                    ["Domain"] = place.Settings["domain"],
                    ["DomainExtensionId"] = place.Id,
                    ["ServerCertificateId"] = place.Bound,
                })]),
            },
        };
    }

    private JsonObject Set(AlibabaCall call)
    {
        var listener = Find(call);
        if (!listener.IsSettled)
            throw new AlibabaFault(400, "ServiceIsConfiguring", "The service is being configured.");
        if (world.Refused.Contains(listener.Id))
            throw new AlibabaFault(400, "OperationUnsupported.Listener", "The listener does not take it.");
        if (call.TextOrNull("ServerCertificateId") is { } id)
            Bind(listener.Default, In(call.Text("RegionId"), id));
        return [];
    }

    private JsonObject SetExtension(AlibabaCall call)
    {
        var listener = Listeners.Find(one => one.Further.Exists(place => place.Id == call.Text("DomainExtensionId"))) ?? throw AlibabaFault.NotFound("DomainExtension");
        if (!listener.IsSettled)
            throw new AlibabaFault(400, "DomainExtensionProcessing", "The domain extension is being processed.");
        Bind(listener.Further.Find(place => place.Id == call.Text("DomainExtensionId"))!, In(call.Text("RegionId"), call.Text("ServerCertificateId")));
        return [];
    }

    private static void Bind(AlibabaPlace place, ServerCertificate certificate) => place.Bind(certificate.Id, certificate.Source, certificate.Certificate);

    private ServerCertificate In(string region, string id) => _store.Find(one => one.Id == id && one.Region == region) ?? throw AlibabaFault.NotFound("ServerCertificate");

    private static string Colons(string hex) => string.Join(':', hex.ToLowerInvariant().Chunk(2).Select(static two => new string(two)));
}
