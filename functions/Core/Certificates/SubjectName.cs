using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Certrelay.Certificates;

/// <summary>The kinds of names that TLS clients compare (RFC 9525 section 6).</summary>
public enum SubjectNameKind
{
    Dns,
    Wildcard,
    Address,
}

/// <summary>
/// One name of a certificate, from subjectAltName only: <see cref="Value"/> is a host name in A-labels and lower case, the same behind <c>*.</c>,
/// or an address as <see cref="IPAddress"/> writes it.
/// </summary>
public sealed record SubjectName
{
    private SubjectName(SubjectNameKind kind, string value) => (Kind, Value) = (kind, value);

    public SubjectNameKind Kind { get; }

    public string Value { get; }

    /// <summary>Reads a host name in either form, a wildcard for one whole label, or an address; false for anything else.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out SubjectName? name)
    {
        name = null;
        if (HostName.TryReadAddress(text, out var address))
            name = Of(address);
        else if (text.StartsWith("*.", StringComparison.Ordinal) && HostName.TryNormalize(text[2..], out var parent))
            name = new SubjectName(SubjectNameKind.Wildcard, $"*.{parent}");
        else if (HostName.TryNormalize(text, out var host))
            name = new SubjectName(SubjectNameKind.Dns, host);
        return name is not null;
    }

    /// <summary>
    /// True when a client that wants this host accepts this name. A wildcard stands for exactly one label and never for the name without it
    /// (RFC 9525 section 6.3); an address is covered by an equal address only (section 6.5). The host may hold U-labels, brackets or a final dot.
    /// </summary>
    public bool Covers(string host)
    {
        if (HostName.TryReadAddress(host, out var address))
            return Kind is SubjectNameKind.Address && Value == address.ToString();
        return HostName.TryNormalize(host, out var name) && CoversHost(name);
    }

    /// <summary>True when the name serves a domain as servers list them: one that it covers, or the same one, which may be a wildcard itself.</summary>
    public bool Serves(string domain) => string.Equals(Value, domain, StringComparison.OrdinalIgnoreCase) || Covers(domain);

    /// <summary>True when one of a certificate's names serves a domain.</summary>
    public static bool AnyServes(IEnumerable<string> names, string domain) => names.Any(text => TryParse(text, out var name) && name.Serves(domain));

    internal static SubjectName Of(IPAddress address) =>
        new(SubjectNameKind.Address, (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString());

    internal bool CoversHost(string normalized) => Kind switch
    {
        SubjectNameKind.Dns => Value == normalized,
        SubjectNameKind.Wildcard => normalized.IndexOf('.') is var dot and > 0 && Value.AsSpan(1).SequenceEqual(normalized.AsSpan(dot)),
        _ => false,
    };

    public override string ToString() => Value;
}
