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

/// <summary>The listeners of load balancers (ELB v3) of one region.</summary>
internal sealed partial class ElbListeners(HuaweiApi api, string region)
{
    public async Task<ElbBinding> ShowAsync(string listener, CancellationToken cancellationToken) =>
        (await api.ReadAsync(await CallAsync(HuaweiActions.ElbListener, "GET", listener, cancellationToken), ListenerJson.Default.Shown, cancellationToken)).Listener;

    /// <summary>Binds what is not null; the list by name is the whole new list.</summary>
    public async Task WriteAsync(string listener, ElbBinding binding, string what, string? replaces, CancellationToken cancellationToken) => await api.WriteAsync(
        await CallAsync(HuaweiActions.ElbBind, "PUT", listener, cancellationToken) with
        {
            Resource = listener,
            Content = CloudContent.Json("application/json", new Shown(binding), ListenerJson.Default.Shown),
            Write = new CloudWrite(what, replaces, static () => CloudAnswer.Of(200, "{}")),
        },
        cancellationToken);

    private async Task<HuaweiCall> CallAsync(CloudAction action, string method, string listener, CancellationToken cancellationToken)
    {
        var project = await api.ProjectAsync(region, cancellationToken);
        return new HuaweiCall(action, method, "elb", region, ["v3", project.Value, "elb", "listeners", listener]) { Scope = project };
    }

    private sealed record Shown(ElbBinding Listener);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(Shown))]
    private sealed partial class ListenerJson : JsonSerializerContext;
}
