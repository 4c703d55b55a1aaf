using System.Globalization;
using System.Text.Json;
using Certrelay.App.Http;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Records.Lists;
using Certrelay.Targets;
using Microsoft.AspNetCore.Http;

namespace Certrelay.App.Triggers;

/// <summary>What a call for a list asks for. Each method throws <see cref="ProblemException"/> (<c>query.invalid</c>) with every fault at once.</summary>
internal sealed class ListQueries
{
    private const int LongestDays = 3650;

    private static readonly IReadOnlyList<string> PolicyCodes =
        [.. FindingCodes.All.Select(static code => code.Code).Where(static code => code.StartsWith("policy.", StringComparison.Ordinal))];

    private readonly HttpRequest _request;
    private readonly List<RequestFault> _faults = [];

    private ListQueries(HttpRequest request) => _request = request;

    public static (CertificateFilter Filter, PageRequest Page) Certificates(HttpRequest request)
    {
        var query = new ListQueries(request);
        var filter = new CertificateFilter
        {
            NameStart = query.NameStart(),
            Owner = request.Text("owner"),
            Tags = query.Tags(),
            Domain = query.Domain(),
            State = query.Word<CertificateState>("state"),
            Within = query.Within(),
            Finding = query.Known("finding", PolicyCodes.Contains, $"is to be one of {string.Join(", ", PolicyCodes)}"),
            Order = query.Word<CertificateOrder>("sort"),
        };
        if (filter is { Order: CertificateOrder.Domain } && filter.Domain?.Contains('.', StringComparison.Ordinal) is not true)
            query.Fault("sort", "is by domain only with a domain of two labels or more");
        return (filter, query.Page(cursor => CertificateList.IsCursor(filter.EffectiveOrder, cursor)));
    }

    public static (TargetFilter Filter, PageRequest Page) Targets(HttpRequest request)
    {
        var query = new ListQueries(request);
        var filter = new TargetFilter
        {
            NameStart = query.NameStart(),
            Owner = request.Text("owner"),
            Tags = query.Tags(),
            Kind = query.Known("kind", static kind => DeployTargets.Find(kind) is not null, "is to be a kind of target; /api/target-kinds lists them"),
            Certificate = query.Known("certificate", ResourceName.IsValid, "is to be the name of a certificate"),
            State = query.Word<DeployState>("state"),
        };
        return (filter, query.Page(ResourceName.IsValid));
    }

    public static (CloudVendor? Vendor, PageRequest Page) Accounts(HttpRequest request)
    {
        var query = new ListQueries(request);
        return (query.Word<CloudVendor>("vendor"), query.Page(ResourceName.IsValid));
    }

    private string NameStart() =>
        Known("name", static start => start.Length is > 0 and <= 63 && ResourceName.IsValid(start.TrimEnd('-')), "is to be the beginning of a name: a-z, 0-9 and single hyphens") ?? "";

    private List<KeyValuePair<string, string>> Tags()
    {
        var tags = new List<KeyValuePair<string, string>>();
        foreach (var text in _request.Query["tag"])
        {
            if (text?.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
                tags.Add(KeyValuePair.Create(text[..equals], text[(equals + 1)..]));
            else
                Fault("tag", "is to be key=value");
        }

        return tags;
    }

    private string? Domain()
    {
        if (_request.Text("domain") is not { } text)
            return null;
        if (HostName.TryReadAddress(text, out var address))
            return address.ToString();
        if (HostName.TryNormalize(text, out var domain))
            return domain;
        Fault("domain", "is to be a domain name or an address");
        return null;
    }

    private TimeSpan? Within()
    {
        if (_request.Text("within") is not { } text)
            return null;
        if (text.Length > 1 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && (text[^1] is 'd' ? number : text[^1] is 'h' ? number / 24 : int.MaxValue) <= LongestDays)
            return text[^1] is 'd' ? TimeSpan.FromDays(number) : TimeSpan.FromHours(number);
        Fault("within", $"is to be a time such as 30d or 12h, at most {LongestDays}d");
        return null;
    }

    private T? Word<T>(string name)
        where T : struct, Enum
    {
        if (_request.Text(name) is not { } text)
            return null;
        foreach (var value in Enum.GetValues<T>())
        {
            if (WordOf(value) == text)
                return value;
        }

        Fault(name, $"is to be one of {string.Join(", ", Enum.GetValues<T>().Select(WordOf))}");
        return null;
    }

    private string? Known(string name, Func<string, bool> isKnown, string otherwise)
    {
        if (_request.Text(name) is not { } text || isKnown(text))
            return _request.Text(name);
        Fault(name, otherwise);
        return null;
    }

    private PageRequest Page(Func<string, bool> isCursor)
    {
        var page = default(PageRequest);
        try
        {
            page = _request.Page;
        }
        catch (ProblemException fault) when (fault.Faults is not null)
        {
            _faults.AddRange(fault.Faults);
        }

        if (page.After is { } cursor && !isCursor(cursor))
            Fault(PageRequest.AfterName, "is not the next of a page of this list");
        QueryValues.Refuse(_faults);
        return page;
    }

    private void Fault(string name, string detail) => _faults.Add(new RequestFault($"?{name}", detail));

    private static string WordOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}
