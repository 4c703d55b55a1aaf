namespace Certrelay.Simulators.Tencent;

/// <summary>A place where a certificate is bound: what the API reports, and what is served once a change has settled.</summary>
internal sealed class TencentBinding(TencentWorld world)
{
    private Change? _pending;
    private string? _reported;
    private StoredCertificate? _served;
    private bool _failed;

    private sealed record Change(string CertificateId, StoredCertificate Certificate, DateTimeOffset ReportedFrom, DateTimeOffset ServedFrom, bool Fails);

    /// <summary>The id that reads report; null: nothing is bound.</summary>
    public string? CertificateId
    {
        get
        {
            Settle();
            return _pending is { } change && world.Now >= change.ReportedFrom ? change.CertificateId : _reported;
        }
    }

    /// <summary>Further certificates of other key types on the same place; they are reported and never served here.</summary>
    public IReadOnlyList<string> Extra { get; set; } = [];

    /// <summary>What a handshake gets.</summary>
    public StoredCertificate? Served
    {
        get
        {
            Settle();
            return _served;
        }
    }

    /// <summary>True while a change is on its way.</summary>
    public bool Settling
    {
        get
        {
            Settle();
            return _pending is not null;
        }
    }

    /// <summary>True when the latest change came to nothing.</summary>
    public bool Failed
    {
        get
        {
            Settle();
            return _failed;
        }
    }

    /// <summary>Bound and served at once, as before the story began.</summary>
    public void Begin(string certificateId, StoredCertificate certificate) => (_reported, _served) = (certificateId, certificate);

    /// <summary>A change by the product's own call: reported at once, served when it has settled.</summary>
    public void Bind(string certificateId, StoredCertificate certificate, bool fails) =>
        Set(new Change(certificateId, certificate, world.Now, world.Now + world.Pace.Settling, fails));

    /// <summary>A change by a job: reported and served when the job ends.</summary>
    public void BindAt(DateTimeOffset end, string certificateId, StoredCertificate certificate, bool fails) =>
        Set(new Change(certificateId, certificate, DateTimeOffset.MaxValue, end, fails));

    private void Set(Change change)
    {
        Settle();
        (_pending, _failed) = (change, false);
    }

    private void Settle()
    {
        if (_pending is not { } change || world.Now < change.ServedFrom)
            return;
        _pending = null;
        _failed = change.Fails;
        if (!change.Fails)
            (_reported, _served) = (change.CertificateId, change.Certificate);
        else if (change.ReportedFrom <= change.ServedFrom)
            _reported = change.CertificateId;
    }
}
