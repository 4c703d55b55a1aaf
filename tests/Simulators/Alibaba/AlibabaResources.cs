using Certrelay.Simulators.Kubernetes;

namespace Certrelay.Simulators.Alibaba;

/// <summary>What tests and examples put in place.</summary>
public sealed partial class AlibabaSimulator
{
    /// <summary>How long things take.</summary>
    public AlibabaPace Pace
    {
        get => _world.Pace;
        set => _world.Pace = value;
    }

    /// <summary>The most certificates that the store takes.</summary>
    public int CertificateQuota
    {
        set => _cas.Quota = value;
    }

    /// <summary>The region of the store that certificates are put into from now on.</summary>
    public string StoreRegion
    {
        set => _world.StoreRegion = value;
    }

    /// <summary>The identifiers in the certificate store.</summary>
    public IReadOnlyList<string> Certificates
    {
        get
        {
            lock (_world)
                return [.. _world.Certificates.Select(static one => one.Identifier)];
        }
    }

    /// <summary>Makes another key known.</summary>
    public void Allow(AlibabaCredentials credentials)
    {
        lock (_world)
            _credentials.Add(credentials);
    }

    /// <summary>Makes a key unknown.</summary>
    public void Forget(AlibabaCredentials credentials)
    {
        lock (_world)
            _credentials.Remove(credentials);
    }

    /// <summary>From now on the place takes no change.</summary>
    public void Refuse(string id)
    {
        lock (_world)
            _world.Refused.Add(id);
    }

    /// <summary>The next change of a listener of ALB or NLB is taken, and its job fails with this code.</summary>
    public void Doom(string listener, string code)
    {
        lock (_world)
            _world.Doomed[listener] = code;
    }

    /// <summary>The place takes changes again.</summary>
    public void Accept(string id)
    {
        lock (_world)
            _world.Refused.Remove(id);
    }

    /// <summary>Puts a certificate into the store as the console does, and returns its identifier.</summary>
    public string AddCertificate(string fullChain, string key, string name, bool isUpload = true, long? number = null)
    {
        lock (_world)
            return _cas.Add(fullChain, key, name, isUpload, number).Identifier;
    }

    /// <summary>Puts a pair for SM2 into the store as the console does, and returns its identifier.</summary>
    public string AddPair(string signing, string signingKey, string encryption, string encryptionKey, string name, long? number = null)
    {
        lock (_world)
            return _cas.AddPair(signing, signingKey, encryption, encryptionKey, name, number).Identifier;
    }

    /// <summary>A domain has a pair for SM2 beside its certificate, bound by hand.</summary>
    public void BindPair(string domain, string identifier)
    {
        lock (_world)
            _world.Places.First(place => place.Id == domain).BeginSm(_world.ByIdentifier(identifier));
    }

    /// <summary>The pair for SM2 that a domain has beside its certificate; null: none.</summary>
    public string? PairOf(string domain)
    {
        lock (_world)
            return _world.Places.First(place => place.Id == domain).Sm?.Identifier;
    }

    /// <summary>The certificate that a domain is bound to, in the product's own form; null: none.</summary>
    public string? BoundTo(string domain)
    {
        lock (_world)
            return _world.Places.First(place => place.Id == domain).Bound;
    }

    /// <summary>Gives a WAF domain further members of its listener and origin, as reads show them.</summary>
    public void SetWafDomain(string domain, System.Text.Json.Nodes.JsonObject listen, System.Text.Json.Nodes.JsonObject redirect)
    {
        lock (_world)
            _waf.Set(domain, listen, redirect);
    }

    /// <summary>What a WAF domain has but its certificates, as a text.</summary>
    public string WafSettings(string domain)
    {
        lock (_world)
            return _waf.SettingsOf(domain);
    }

    /// <summary>Deletes a certificate as somebody does in the console, be it bound or not.</summary>
    public void RemoveCertificate(string identifier)
    {
        lock (_world)
            _world.Certificates.RemoveAll(one => one.Identifier == identifier);
    }

    /// <summary>A domain of CDN; a wildcard as the product writes it, <c>.example.com</c>.</summary>
    public void AddCdnDomain(string domain, string? identifier) => AddEdge("CDN", domain, identifier);

    public void AddDcdnDomain(string domain, string? identifier) => AddEdge("DCDN", domain, identifier);

    /// <summary>A domain of live streaming, for playback or ingest.</summary>
    public void AddLiveDomain(string domain, string? identifier) => AddEdge("LIVE", domain, identifier);

    public void AddVodDomain(string domain, string? identifier) => AddEdge("VOD", domain, identifier);

    /// <summary>False: the account has WAF 2.0 only.</summary>
    public bool HasWaf3
    {
        set => _waf.HasInstance = value;
    }

    /// <param name="settings">TLS settings of the domain, by the vendor's names.</param>
    public void AddWafDomain(string domain, string? identifier, IReadOnlyDictionary<string, string>? settings = null)
    {
        lock (_world)
        {
            var known = identifier is null ? null : _world.ByIdentifier(identifier);
            var place = _world.AddByName("WAF", domain, domain, identifier, known);
            foreach (var (name, value) in settings ?? new Dictionary<string, string>())
                place.Settings[name] = value;
        }
    }

    /// <summary>The TLS settings of a WAF domain, or further settings of another place.</summary>
    public IReadOnlyDictionary<string, string> SettingsOf(string id)
    {
        lock (_world)
            return new Dictionary<string, string>(_world.Places.First(place => place.Id == id).Settings, StringComparer.Ordinal);
    }

    /// <summary>A site of ESA with a certificate that serves one of its names.</summary>
    public void AddEsaSite(string site, string domain, string identifier)
    {
        lock (_world)
            _esa.Add(site, domain, _world.ByIdentifier(identifier));
    }

    /// <summary>A listener of ALB or NLB; returns its TLS port.</summary>
    /// <param name="product"><c>ALB</c> or <c>NLB</c>.</param>
    public int AddListener(string product, string id, string identifier, params IReadOnlyList<string> further)
    {
        lock (_world)
            return Add(_balancers.Listeners, product, id, identifier, _world.ByIdentifier(identifier), [.. further.Select(one => ($"{id}|{one}", one, _world.ByIdentifier(one)))]).Port;
    }

    /// <summary>A listener of Global Accelerator, with further certificates by domain; returns its TLS port.</summary>
    public int AddAccelerated(string listener, string identifier, params IReadOnlyList<(string Domain, string Identifier)> further)
    {
        lock (_world)
            return Add(_ga.Listeners, "GA", listener, identifier, _world.ByIdentifier(identifier), [.. further.Select(one => (one.Domain, one.Identifier, _world.ByIdentifier(one.Identifier)))]).Port;
    }

    /// <summary>An HTTPS listener of CLB, with domain extensions; returns its TLS port.</summary>
    public int AddClbListener(string region, string loadBalancer, int port, string identifier, params IReadOnlyList<(string Domain, string Identifier)> extensions)
    {
        lock (_world)
        {
            var source = _world.ByIdentifier(identifier);
            var listener = Add(_clb.Listeners, "SLB", $"{loadBalancer}:{port}", _clb.Import(region, source, "by-hand"), source, []);
            foreach (var (domain, own) in extensions)
            {
                var known = _world.ByIdentifier(own);
                listener.Add($"de-{listener.Further.Count}", _clb.Import(region, known, "by-hand"), known, atOnce: true).Settings["domain"] = domain;
            }

            return listener.Port;
        }
    }

    /// <summary>A gateway routing rule of SAE over <c>alb</c> or <c>clb</c>.</summary>
    public void AddIngress(string region, long ingress, string type, string domain, params IReadOnlyList<string> identifiers)
    {
        lock (_world)
        {
            var known = _world.ByIdentifier(identifiers[0]);
            var place = _world.AddByName("SAE", $"ingress-{ingress}", domain, type == "clb" ? _clb.Import(region, known, "by-hand") : string.Join(',', identifiers), known);
            (place.Settings["ingress"], place.Settings["type"]) = ($"{ingress}", type);
        }
    }

    /// <summary>A domain of an MSE gateway.</summary>
    public void AddGatewayDomain(string gateway, string domain, string? identifier)
    {
        lock (_world)
            _world.AddByName("MSE", domain, domain, identifier, identifier is null ? null : _world.ByIdentifier(identifier)).Settings["gateway"] = gateway;
    }

    /// <summary>A domain of a bucket.</summary>
    public void AddBucketDomain(string bucket, string domain, string? identifier)
    {
        lock (_world)
        {
            if (!_oss.Buckets.Contains(bucket))
                _oss.Buckets.Add(bucket);
            _world.AddByName("OSS", domain, domain, identifier, identifier is null ? null : _world.ByIdentifier(identifier)).Settings["bucket"] = bucket;
        }
    }

    /// <summary>Somebody binds another certificate to a domain of a bucket.</summary>
    public void Rebind(string domain, string identifier)
    {
        lock (_world)
            _world.Places.First(place => place.Id == domain).Begin(identifier, _world.ByIdentifier(identifier));
    }

    /// <summary>A custom domain of Function Compute, which holds its certificate itself.</summary>
    /// <param name="service"><c>fc</c> or <c>fc2</c>.</param>
    public void AddFunctionDomain(string service, string domain, string? fullChain, string? key, System.Text.Json.Nodes.JsonObject? more = null)
    {
        lock (_world)
            _inline.AddFunction(service, domain, fullChain, key, more);
    }

    /// <summary>An own domain of an API group, which holds its certificate itself.</summary>
    public void AddGroupDomain(string group, string domain, string? fullChain, string? key)
    {
        lock (_world)
            _inline.AddGroupDomain(group, domain, fullChain, key);
    }

    /// <summary>False: products that hold certificates themselves do not give their keys.</summary>
    public bool GivesKeys
    {
        set => _inline.GivesKeys = value;
    }

    /// <summary>A domain of a cloud-native API gateway.</summary>
    public void AddApigDomain(string gateway, string domain, string? identifier, System.Text.Json.Nodes.JsonObject? more = null)
    {
        lock (_world)
            _roa.AddDomain(gateway, domain, identifier, more);
    }

    /// <summary>All that a custom domain of a function has but its certificate, as a text.</summary>
    public string FunctionSettings(string domain)
    {
        lock (_world)
            return _inline.SettingsOf(domain);
    }

    /// <summary>All that a domain of an API gateway has but its certificate, as a text.</summary>
    public string ApigSettings(string domain)
    {
        lock (_world)
            return _roa.SettingsOf(domain);
    }

    /// <summary>The own domain of a dedicated gateway of PAI-EAS.</summary>
    public void AddEasDomain(string gateway, string domain, string? identifier)
    {
        lock (_world)
            _roa.AddEas(gateway, domain, identifier);
    }

    /// <summary>False: attaching does not replace the certificate of a domain that is attached already.</summary>
    public bool AttachReplaces
    {
        set => _roa.AttachReplaces = value;
    }

    public void AddDdosDomain(string domain, string? identifier)
    {
        lock (_world)
        {
            var known = identifier is null ? null : _world.ByIdentifier(identifier);
            _world.AddByName("DDOS", domain, domain, known?.Name, known);
        }
    }

    /// <summary>A cluster of ACK.</summary>
    public KubernetesCluster AddCluster(string id)
    {
        var cluster = new KubernetesCluster(id, _time, Rudeness)
        {
            Stored = identifier =>
            {
                lock (_world)
                    return _world.Certificates.Find(one => one.Identifier == identifier)?.Certificate;
            },
        };
        _cs.Clusters.Add(cluster);
        return cluster;
    }

    /// <summary>What kubeconfigs say from now on; null: what is so.</summary>
    public string? Kubeconfig
    {
        set => _cs.Instead = value;
    }

    /// <summary>A domain that only deployment jobs reach: <c>CR</c> or <c>webHosting</c>.</summary>
    public void AddJobDomain(string product, string domain, string? identifier) => AddEdge(product, domain, identifier);

    /// <summary>The contacts of the account.</summary>
    public IList<long> Contacts => _jobs.Contacts;

    /// <summary>Somebody else changes a listener or domain: it takes no call for this long.</summary>
    public void KeepBusy(string id, TimeSpan time)
    {
        lock (_world)
            _world.Places.First(place => place.Id == id).Busy(time);
    }

    private IEnumerable<AlibabaListener> Listeners => [.. _balancers.Listeners, .. _ga.Listeners, .. _clb.Listeners];

    private AlibabaListener Add(List<AlibabaListener> to, string product, string id, string bound, AlibabaCertificate certificate, IReadOnlyList<(string Id, string Bound, AlibabaCertificate Certificate)> further)
    {
        var listener = new AlibabaListener(_world, product, id, bound, certificate);
        foreach (var one in further)
            listener.Add(one.Id, one.Bound, one.Certificate, atOnce: true);
        to.Add(listener);
        return listener;
    }

    private void AddEdge(string product, string domain, string? identifier)
    {
        lock (_world)
        {
            var known = identifier is null ? null : _world.ByIdentifier(identifier);
            _world.AddByName(product, domain, domain.StartsWith('.') ? $"www{domain}" : domain, product == "LIVE" ? known?.Name : known?.NumberText, known);
        }
    }
}
