using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Tencent;

/// <summary>What tests and examples put in place.</summary>
public sealed partial class TencentSimulator
{
    /// <summary>How long things take.</summary>
    public TencentPace Pace
    {
        get => _world.Pace;
        set => _world.Pace = value;
    }

    /// <summary>The most certificates that the store takes.</summary>
    public int CertificateQuota
    {
        set => _store.Quota = value;
    }

    /// <summary>False: the account lacks the service role of checked deletion.</summary>
    public bool ServiceRole
    {
        set => _store.ServiceRole = value;
    }

    /// <summary>The ids in the certificate store.</summary>
    public IReadOnlyList<string> CertificateIds
    {
        get
        {
            lock (_world)
                return [.. _world.Certificates.Keys];
        }
    }

    /// <summary>Makes another key known.</summary>
    public void Allow(TencentCredentials credentials)
    {
        lock (_world)
            _credentials.Add(credentials);
    }

    /// <summary>Makes a key unknown.</summary>
    public void Forget(TencentCredentials credentials)
    {
        lock (_world)
            _credentials.Remove(credentials);
    }

    /// <summary>Deletes a certificate as somebody does in the console, be it bound or not.</summary>
    public void RemoveCertificate(string id)
    {
        lock (_world)
            _world.Certificates.Remove(id);
    }

    /// <summary>From now on changes of this resource come to nothing, though the call that asks for one is accepted: a domain, or <c>lb-1|lbl-1</c>, or that with <c>|domain</c>.</summary>
    public void Refuse(string instanceId)
    {
        lock (_world)
            _world.Refused.Add(instanceId);
    }

    /// <summary>The resource takes changes again.</summary>
    public void Accept(string instanceId)
    {
        lock (_world)
            _world.Refused.Remove(instanceId);
    }

    /// <summary>Puts a certificate into the store as the console does, and returns its id.</summary>
    public string AddCertificate(string fullChain, string key, string alias, string? id = null)
    {
        lock (_world)
            return _store.Add(fullChain, key, alias, id).Id;
    }

    /// <param name="https">Further parts of the HTTPS settings.</param>
    /// <param name="upgraded">True for one that has moved to EdgeOne.</param>
    public void AddCdnDomain(string domain, string? certificateId, JsonObject? https = null, bool upgraded = false)
    {
        lock (_world)
            _cdn.Add(domain, Known(certificateId), https, upgraded);
    }

    /// <summary>A listener without SNI; returns its TLS port.</summary>
    /// <param name="furtherIds">Certificates with keys of other types beside the first one, which is the one that is served.</param>
    public int AddListener(
        string region, string loadBalancerId, string listenerId, string certificateId, IReadOnlyList<string> ruleDomains, string protocol = "HTTPS",
        string? clientAuthority = null, IReadOnlyList<string>? furtherIds = null)
    {
        lock (_world)
        {
            _clb.Add(region, loadBalancerId, listenerId, protocol, ruleDomains, Known(certificateId)!, clientAuthority, furtherIds ?? []);
            return _clb.PortOf(loadBalancerId, listenerId);
        }
    }

    /// <summary>A listener with SNI, whose first rule is the default one; returns its TLS port.</summary>
    public int AddSniListener(string region, string loadBalancerId, string listenerId, params IEnumerable<(string Domain, string? CertificateId)> rules)
    {
        lock (_world)
        {
            _clb.Add(region, loadBalancerId, listenerId, [.. rules.Select(rule => (rule.Domain, Known(rule.CertificateId)))]);
            return _clb.PortOf(loadBalancerId, listenerId);
        }
    }

    /// <param name="asOwn">True: bound as PEM with its key, not from the store.</param>
    public void AddWafDomain(string domain, string domainId, string instanceId, string region, string? certificateId, bool asOwn = false)
    {
        lock (_world)
            _waf.AddSaas(domain, domainId, instanceId, region, Known(certificateId), asOwn);
    }

    /// <summary>A domain whose TLS ends on listeners of load balancers.</summary>
    public void AddWafClbDomain(string domain, string domainId, string instanceId, params IReadOnlyList<(string LoadBalancerId, string ListenerId, string Region)> listeners)
    {
        lock (_world)
            _waf.AddClb(domain, domainId, instanceId, listeners);
    }

    /// <summary>A domain that only the store's jobs reach: <c>teo</c>, <c>live</c> or <c>vod</c>.</summary>
    public void AddJobDomain(string type, string domain, string? certificateId)
    {
        lock (_world)
            AddToEdge(type, domain, null, domain, certificateId);
    }

    /// <summary>A bucket's own domain, which only the store's jobs reach.</summary>
    public void AddBucketDomain(string region, string bucket, string domain, string? certificateId)
    {
        lock (_world)
            AddToEdge("cos", $"{region}|{bucket}|{domain}", region, domain, certificateId);
    }

    private void AddToEdge(string type, string instanceId, string? region, string domain, string? certificateId)
    {
        var binding = new TencentBinding(_world);
        if (Known(certificateId) is { } bound)
            binding.Begin(bound.Id, bound.Certificate);
        _world.Resources.Add(new TencentResource(type, instanceId, domain, region, [domain], binding));
    }

    private TencentCertificate? Known(string? certificateId) => certificateId is null ? null : _store.Find(certificateId);
}
