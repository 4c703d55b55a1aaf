using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Huawei;

/// <summary>The HTTPS part of a domain's configuration, as a write leaves it.</summary>
internal sealed record CdnHttps
{
    /// <summary>Null: HTTPS is off.</summary>
    public PemPair? Pair { get; init; }

    public string CertificateName { get; init; } = "";

    /// <summary>0 the customer's own, 2 from the store.</summary>
    public int Source { get; init; }

    public string? ScmCertificateId { get; init; }

    public bool Http2 { get; init; }

    public string TlsVersion { get; init; } = "TLSv1.1,TLSv1.2,TLSv1.3";

    public bool OcspStapling { get; init; }
}

/// <summary>A domain that is accelerated.</summary>
internal sealed class CdnDomain(string name, TimeProvider time)
{
    public string Name { get; } = name;

    public string Id { get; } = Guid.NewGuid().ToString("N");

    public Settling<CdnHttps> Https { get; } = new(time, new CdnHttps());

    /// <summary><c>http</c>, <c>https</c> or <c>follow</c>.</summary>
    public string OriginProtocol { get; set; } = "http";

    /// <summary>True: plain HTTP is sent to HTTPS.</summary>
    public bool ForceRedirect { get; set; }

    public string Status => Https.IsMoving ? "configuring" : "online";

    public JsonObject Listed() => new()
    {
        ["id"] = Id,
        ["domain_name"] = Name,
        ["cname"] = $"{Name.Replace("*", "wildcard", StringComparison.Ordinal)}.c.cdnhwc1.example",
        ["business_type"] = "web",
        ["domain_status"] = Status,
        ["https_status"] = Https.Last.Pair is null ? 0 : 1,
        ["service_area"] = "mainland_china",
        ["simulated_field"] = 1,
    };

    /// <summary>What the full configuration tells: the certificate's text, never its key.</summary>
    public JsonObject Configs()
    {
        var https = Https.Last;
        var shown = new JsonObject
        {
            ["https_status"] = https.Pair is null ? "off" : "on",
            ["http2_status"] = https.Http2 ? "on" : "off",
            ["tls_version"] = https.TlsVersion,
            ["ocsp_stapling_status"] = https.OcspStapling ? "on" : "off",
            ["simulated_field"] = 1,
        };
        if (https.Pair is { } pair)
        {
            shown["certificate_name"] = https.CertificateName;
            shown["certificate_value"] = pair.Whole;
            shown["certificate_source"] = https.Source;
            shown["certificate_type"] = "server";
            shown["expire_time"] = new DateTimeOffset(pair.Leaf.NotAfter.ToUniversalTime(), TimeSpan.Zero).ToUnixTimeMilliseconds();
            if (https.ScmCertificateId is { } id)
                shown["scm_certificate_id"] = id;
        }

        return new JsonObject
        {
            ["business_type"] = "web",
            ["service_area"] = "mainland_china",
            ["origin_protocol"] = OriginProtocol,
            ["force_redirect"] = ForceRedirect ? new JsonObject { ["status"] = "on", ["type"] = "https", ["redirect_code"] = 301 } : new JsonObject { ["status"] = "off" },
            ["https"] = shown,
            ["sources"] = new JsonArray(),
            ["simulated_field"] = 1,
        };
    }
}
