using Certrelay.App.Embedded.Host;
using Certrelay.Records;
using Certrelay.Vault;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Certrelay.App.Http;

/// <summary>
/// Registers the HTTP edge and what its own functions need. The composition registers <see cref="FunctionTable"/>, <see cref="IRecordStore"/>,
/// <see cref="TimeProvider"/> and, where there is one, <see cref="IVault"/>.
/// </summary>
public static class EdgeServices
{
    public static IServiceCollection AddHttpEdge(this IServiceCollection services, EdgeOptions? options = null) => services
        .AddSingleton(options ?? new EdgeOptions())
        .AddSingleton<TokenRecords>()
        .AddSingleton<Authentication>()
        .AddSingleton<Idempotency>()
        .AddSingleton<Due>()
        .AddSingleton<AuditTrail>()
        .AddSingleton<AuditLog>()
        .AddSingleton(static provider => new AuditVerification(
            provider.GetRequiredService<IRecordStore>(),
            provider.GetService<IVault>() is { } vault ? new AuditSeals(provider.GetRequiredService<IRecordStore>(), vault) : null))
        .AddSingleton(static provider => new HttpOperations(
            provider.GetRequiredService<FunctionTable>().Functions.Select(static function => function.Method)))
        .AddSingleton<HttpEdge>();

    /// <summary>Limits of the server itself: what is refused before a request reaches the edge.</summary>
    public static void ConfigureEdge(this KestrelServerOptions server, EdgeOptions options)
    {
        server.AddServerHeader = false;
        server.Limits.MaxRequestBodySize = options.BodyLimit;
        server.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        server.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
    }
}
