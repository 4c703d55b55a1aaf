using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Huawei;

/// <summary>What a listener serves: one certificate to everybody, and others to those who ask for their names.</summary>
internal sealed record ElbBinding(string? DefaultTlsContainerRef, IReadOnlyList<string>? SniContainerRefs)
{
    [JsonIgnore]
    public IReadOnlyList<string> ByName => SniContainerRefs ?? [];
}

/// <summary>A listener as a list shows it.</summary>
internal sealed record ElbListener(string Id, string? Name, int ProtocolPort, string? DefaultTlsContainerRef, IReadOnlyList<string>? SniContainerRefs);

/// <summary>The listeners of load balancers (ELB v3) of one region.</summary>
internal sealed partial class ElbListeners(HuaweiApi api, string region)
{
    private const int PageSize = 100;

    public async Task<ElbBinding> ShowAsync(string listener, CancellationToken cancellationToken) =>
        (await api.ReadAsync(await CallAsync(HuaweiActions.ElbListener, "GET", [listener], cancellationToken), ListenerJson.Default.Shown, cancellationToken)).Listener;

    /// <summary>Every listener of the region, as the vendor pages them.</summary>
    public async IAsyncEnumerable<ElbListener> AllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? marker = null;
        do
        {
            CloudField[] next = marker is null ? [] : [new("marker", marker)];
            var call = await CallAsync(HuaweiActions.ElbListeners, "GET", [], cancellationToken) with { Query = [new("limit", $"{PageSize}"), .. next] };
            var page = await api.ReadAsync(call, ListenerJson.Default.Page, cancellationToken);
            foreach (var one in page.Listeners ?? [])
                yield return one;
            marker = page.PageInfo?.NextMarker;
        }
        while (marker is not null);
    }

    /// <summary>Binds what is not null; the list by name is the whole new list.</summary>
    public async Task WriteAsync(string listener, ElbBinding binding, string what, string? replaces, CancellationToken cancellationToken) => await api.WriteAsync(
        await CallAsync(HuaweiActions.ElbBind, "PUT", [listener], cancellationToken) with
        {
            Resource = listener,
            Content = CloudContent.Json("application/json", new Shown(binding), ListenerJson.Default.Shown),
            Write = new CloudWrite(what, replaces, static () => CloudAnswer.Of(200, "{}")),
        },
        cancellationToken);

    private async Task<HuaweiCall> CallAsync(CloudAction action, string method, IReadOnlyList<string> path, CancellationToken cancellationToken)
    {
        var project = await api.ProjectAsync(region, cancellationToken);
        return new HuaweiCall(action, method, "elb", region, ["v3", project.Value, "elb", "listeners", .. path]) { Scope = project };
    }

    private sealed record Shown(ElbBinding Listener);

    private sealed record Page(IReadOnlyList<ElbListener>? Listeners, PageInfo? PageInfo);

    private sealed record PageInfo(string? NextMarker);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(Shown))]
    [JsonSerializable(typeof(Page))]
    private sealed partial class ListenerJson : JsonSerializerContext;
}
