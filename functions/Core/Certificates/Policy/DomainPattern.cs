namespace Certrelay.Certificates;

/// <summary>The names that a policy speaks of: one host, every name below a domain, or every name.</summary>
internal sealed class DomainPattern
{
    private readonly string _host;
    private readonly bool _below;

    private DomainPattern(string host, bool below) => (_host, _below) = (host, below);

    /// <summary>Reads <c>shop.example.com</c>, <c>*.example.com</c> or <c>*</c>; null for anything else.</summary>
    public static DomainPattern? Parse(string text) => text switch
    {
        "*" => new DomainPattern("", below: true),
        ['*', '.', .. var parent] => HostName.TryNormalize(parent, out var domain) ? new DomainPattern(domain, below: true) : null,
        _ => HostName.TryNormalize(text, out var host) ? new DomainPattern(host, below: false) : null,
    };

    /// <summary>True for a name that the pattern speaks of. A wildcard certificate stands for each host that it covers, that of the pattern too.</summary>
    public bool Matches(SubjectName name) => _below
        ? _host.Length == 0 || (name.Kind is not SubjectNameKind.Address && name.Value.EndsWith($".{_host}", StringComparison.Ordinal))
        : name.CoversHost(_host);
}
