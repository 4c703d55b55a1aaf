namespace Certrelay.Outgoing.Probing;

/// <summary>Which kinds of targets the header fields of an answer suggest: only what a server or a network says of itself.</summary>
internal static class ServerKinds
{
    // By how a product begins its Server field.
    private static readonly (string Product, string Kind)[] Servers =
    [
        ("nginx", "nginx"),
        ("openresty", "nginx"),
        ("Tengine", "nginx"),
        ("Apache-Coyote", "tomcat"),
        ("Apache Tomcat", "tomcat"),
        ("Apache", "apache"),
        ("Microsoft-IIS", "iis"),
        ("Microsoft-HTTPAPI", "iis"),
        ("Microsoft-Azure-Application-Gateway", "azure-application-gateway"),
        ("CloudFront", "aws-cloudfront"),
        ("awselb", "aws-elb"),
        ("cloudflare", "cloudflare"),
        ("AkamaiGHost", "akamai"),
    ];

    // Fields that a network adds to every answer, whatever server stands behind it.
    private static readonly (string Field, string Kind)[] Networks =
    [
        ("X-Amz-Cf-Id", "aws-cloudfront"),
        ("X-Azure-Ref", "azure-front-door"),
        ("CF-RAY", "cloudflare"),
        ("EagleId", "alibaba-cdn"),
        ("X-NWS-LOG-UUID", "tencent-cdn"),
        ("x-hcs-proxy-type", "huawei-cdn"),
    ];

    /// <summary>The networks first: they end TLS, while Server may name what stands behind them. Each kind once.</summary>
    public static IReadOnlyList<string> Of(HttpHeaders headers)
    {
        var kinds = Networks.Where(network => headers[network.Field] is not null).Select(static network => network.Kind).ToList();
        if (headers["Server"] is { } server && Array.Find(Servers, one => server.StartsWith(one.Product, StringComparison.OrdinalIgnoreCase)) is { Kind: { } kind })
            kinds.Add(kind);
        return [.. kinds.Distinct()];
    }
}
