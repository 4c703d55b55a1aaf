using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using System.Text;
using Certrelay.App.Http;
using Certrelay.Outgoing;
using Certrelay.Watch.Discovery;
using Microsoft.AspNetCore.Http;
using Endpoint = Certrelay.Outgoing.Endpoint;

namespace Certrelay.App.Triggers;

/// <summary>Where to look for certificates: endpoints, networks of the operator's own, or both; at most 1,000 endpoints in all.</summary>
public sealed record DiscoverRequest
{
    /// <summary><c>host</c>, <c>host:port</c>, an address with its port, or a URL (https, smtp, imap, pop3, ldap, postgresql).</summary>
    [MaxLength(EndpointDiscovery.MostEndpoints)]
    public IReadOnlyList<string>? Endpoints { get; init; }

    /// <summary>Networks in CIDR form within those of the setting <c>Discover:Networks</c>.</summary>
    [MaxLength(100)]
    public IReadOnlyList<string>? Networks { get; init; }

    /// <summary>The ports to look at in networks; absent: 443.</summary>
    [MaxLength(20)]
    public IReadOnlyList<int>? Ports { get; init; }

    /// <summary>The owner to propose for all of them.</summary>
    [OneLine(200)]
    public string? Owner { get; init; }

    /// <summary>The tags to propose for all of them.</summary>
    [TagMap]
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>The longest time of one connection; absent: 3.</summary>
    [Range(1, 30)]
    public int? TimeoutSeconds { get; init; }

    public string? Reason { get; init; }
}

/// <summary>A list of endpoints in whichever form it came, each endpoint once, with every fault of it.</summary>
internal sealed class DiscoverBody(OwnNetworks networks)
{
    private const int UsualTimeoutSeconds = 3;

    private static readonly string TooMany = $"makes more than {EndpointDiscovery.MostEndpoints} endpoints; send them in parts";
    private static readonly TagMapAttribute TagRule = new();
    private static readonly OneLineAttribute OwnerRule = new(200);

    private readonly List<RequestFault> _faults = [];
    private readonly Dictionary<(string Host, int Port), DiscoveryEntry> _entries = [];
    private readonly List<DiscoveryEntry> _order = [];

    public IReadOnlyList<DiscoveryEntry> Entries => _order;

    public TimeSpan Timeout { get; private set; } = TimeSpan.FromSeconds(UsualTimeoutSeconds);

    /// <summary>Reads the body by its content type; throws <see cref="ProblemException"/> (<c>body.invalid</c>) with every fault.</summary>
    public static DiscoverBody Of(HttpRequest request, OwnNetworks networks)
    {
        var body = new DiscoverBody(networks);
        if (request.HasJsonContentType() || request.Bytes.IsEmpty)
            body.ReadJson(request.Json<DiscoverRequest>());
        else
            body.ReadCsv(Encoding.UTF8.GetString(request.Bytes.Span));
        if (body._faults.Count == 0 && body._order.Count == 0)
            body._faults.Add(new RequestFault("", "names no endpoint"));
        return body._faults.Count == 0
            ? body
            : throw new ProblemException(ProblemCodes.BodyInvalid, $"The body has {body._faults.Count} {(body._faults.Count == 1 ? "fault" : "faults")}.") { Faults = body._faults };
    }

    private void ReadJson(DiscoverRequest wanted)
    {
        Timeout = TimeSpan.FromSeconds(wanted.TimeoutSeconds ?? UsualTimeoutSeconds);
        var tags = wanted.Tags ?? new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (index, text) in (wanted.Endpoints ?? []).Index())
            Add($"/endpoints/{index}", text, null, wanted.Owner, tags);
        var ports = wanted.Ports ?? [443];
        foreach (var (index, port) in ports.Index().Where(static port => port.Item is < 1 or > 65535))
            _faults.Add(new RequestFault($"/ports/{index}", $"{port} is no port of 1 to 65535"));
        foreach (var (index, text) in (wanted.Networks ?? []).Index())
            AddNetwork($"/networks/{index}", text, [.. ports.Where(static port => port is >= 1 and <= 65535).Distinct()], wanted.Owner, tags);
    }

    private void ReadCsv(string text)
    {
        if (CsvTable.Read(text) is not [var (_, header), .. var rows])
        {
            _faults.Add(new RequestFault("", "is not CSV with a header; a quote may have no end"));
            return;
        }

        var names = header.Select(static name => name.ToLowerInvariant()).ToList();
        if (!names.Contains("host", StringComparer.Ordinal))
            _faults.Add(new RequestFault("line 1", "has no column host"));
        if (names.Distinct(StringComparer.Ordinal).Count() < names.Count || names.Contains(""))
            _faults.Add(new RequestFault("line 1", "names a column twice, or not at all"));
        if (_faults.Count > 0)
            return;
        foreach (var (line, cells) in rows)
            ReadRow($"line {line.ToString(CultureInfo.InvariantCulture)}", header, names, cells);
    }

    /// <summary>Columns other than host, port and owner are tags; an empty cell says nothing.</summary>
    private void ReadRow(string at, IReadOnlyList<string> header, List<string> names, IReadOnlyList<string> cells)
    {
        if (cells.Count > names.Count)
        {
            _faults.Add(new RequestFault(at, $"has {cells.Count} cells, and the header {names.Count}"));
            return;
        }

        var said = names.Zip(cells).Where(static pair => pair.Second.Length > 0).ToDictionary(static pair => pair.First, static pair => pair.Second, StringComparer.Ordinal);
        var tags = header.Zip(names).Where(column => column.Second is not ("host" or "port" or "owner") && said.ContainsKey(column.Second))
            .ToDictionary(static column => column.First, column => said[column.Second], StringComparer.Ordinal);
        var (host, owner) = (said.GetValueOrDefault("host"), said.GetValueOrDefault("owner"));
        int? port = null;
        if (host is null)
            _faults.Add(new RequestFault(at, "names no host"));
        if (said.TryGetValue("port", out var digits))
            port = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 65535 ? number : 0;
        if (port == 0)
            _faults.Add(new RequestFault(at, "has a port that is not 1 to 65535"));
        if (!OwnerRule.IsValid(owner))
            _faults.Add(new RequestFault(at, $"the owner {OwnerRule.FormatErrorMessage("owner")}"));
        if (!TagRule.IsValid(tags))
            _faults.Add(new RequestFault(at, TagRule.FormatErrorMessage("tags")));
        if (host is null || port == 0)
            return;
        if (host.Contains('/') && !host.Contains("://", StringComparison.Ordinal))
            AddNetwork(at, host, [port ?? 443], owner, tags);
        else
            Add(at, host, port, owner, tags);
    }

    private void Add(string at, string text, int? port, string? owner, IReadOnlyDictionary<string, string> tags)
    {
        if (EndpointText.Read(text, out var fault) is not { } endpoint)
            _faults.Add(new RequestFault(at, fault!));
        else
            Add(at, new DiscoveryEntry(text, port is null ? endpoint : endpoint with { Port = port.Value }, owner, tags));
    }

    private void AddNetwork(string at, string text, IReadOnlyList<int> ports, string? owner, IReadOnlyDictionary<string, string> tags)
    {
        if (networks.Read(text, out var fault) is not { } network)
            _faults.Add(new RequestFault(at, fault!));
        else if (OwnNetworks.AddressesOf(network, EndpointDiscovery.MostEndpoints) is not { } addresses || addresses.Count * ports.Count > EndpointDiscovery.MostEndpoints)
            _faults.Add(new RequestFault(at, TooMany));
        else
        {
            foreach (var (address, port) in addresses.SelectMany(address => ports.Select(port => (address, port))))
                Add(at, new DiscoveryEntry(new IPEndPoint(address, port).ToString(), new Endpoint(address.ToString(), port), owner, tags, IsFromNetwork: true));
        }
    }

    private void Add(string at, DiscoveryEntry entry)
    {
        if (!_entries.TryAdd((entry.Endpoint.Host, entry.Endpoint.Port), entry))
            return;
        _order.Add(entry);
        // Told once, at the place where the bound is passed.
        if (_order.Count == EndpointDiscovery.MostEndpoints + 1)
            _faults.Add(new RequestFault(at, TooMany));
    }
}
