using Certrelay.Records;
using Certrelay.Simulators;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Tests.Targets.Calls;

/// <summary>A vendor that answers as the test says; its calls carry a made-up signature, as the kit does not care whose it is.</summary>
internal sealed class LoopbackVendor : IAsyncDisposable
{
    public static readonly CloudAction Read = new("store", "Read", Writes: false) { Permission = "store:Read" };

    public static readonly CloudAction Write = new("store", "Write", Writes: true) { Permission = "store:Write", Metered = true };

    public static readonly CloudKind Kind = new(CloudVendor.Aws, [Read, Write], "Store 2026-01-01", new DateOnly(2026, 11, 22), "Nothing.")
    {
        Check = static (_, _) => Task.CompletedTask,
    };

    private readonly SimulatorServer _server;

    private LoopbackVendor(SimulatorServer server) => _server = server;

    public Uri Endpoint => _server.Endpoint;

    /// <summary>The requests so far.</summary>
    public IReadOnlyList<SimulatorCall> Calls => _server.Calls;

    public static async Task<LoopbackVendor> StartAsync(Func<SimulatorRequest, CancellationToken, Task<SimulatorAnswer>> answer) => new(await SimulatorServer.StartAsync(
        0,
        async (request, token) =>
        {
            var call = new SimulatorCall(request.Target, "", request.Method != "GET", null, TimeProvider.System.GetUtcNow());
            return (await answer(request, token), call);
        }));

    public static Task<LoopbackVendor> StartAsync(Func<SimulatorRequest, SimulatorAnswer> answer) => StartAsync((request, _) => Task.FromResult(answer(request)));

    public static Task<CloudBench> BenchAsync(LoopbackVendor vendor, TimeProvider? time = null, Func<CloudOptions, CloudOptions>? options = null) =>
        CloudBench.OpenAsync(CloudVendor.Aws, vendor.Endpoint, "AKIDEXAMPLEEXAMPLE00", "not-a-real-secret-0123456789", time: time, options: options);

    /// <summary>A call of one of the two actions, with a query and a body that hold what nobody may see.</summary>
    public static CloudCall Call(CloudSession session, CloudAction action, string hidden = "") => new()
    {
        Action = action,
        Resource = "one",
        Request = new CloudRequest
        {
            Method = action.Writes ? "POST" : "GET",
            Endpoint = session.Endpoint("store.example.com"),
            Path = ["things"],
            Query = [new("key", hidden)],
            Content = action.Writes ? new CloudContent("text/plain; charset=utf-8", System.Text.Encoding.UTF8.GetBytes(hidden)) : null,
        },
        Write = action.Writes ? new CloudWrite("Writes one.", "before", static () => CloudAnswer.Of(200, "planned-1")) : null,
        Sign = static (_, credentials, _) => [new("Authorization", $"Made-up {credentials.AccessKeyId}")],
        Judge = static answer => answer.Status switch
        {
            200 => null,
            401 => new CloudFault(CloudFaultKind.Credentials, "Unauthorized", "unknown key"),
            404 => new CloudFault(CloudFaultKind.NotFound, "NoSuchThing", "no such thing"),
            429 => new CloudFault(CloudFaultKind.Throttled, "TooOften", "slow down", answer.RetryAfter),
            >= 500 => new CloudFault(CloudFaultKind.Unavailable, "Oops", ""),
            _ => new CloudFault(CloudFaultKind.Refused, "Bad", System.Text.Encoding.UTF8.GetString(answer.Body.Span)),
        },
    };

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
