using Certrelay.Dns;
using Certrelay.Outgoing;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Huawei;
using Certrelay.Targets.Local;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Certrelay.Targets;

/// <summary>Registers what targets are made with and probed by.</summary>
public static class ServiceCollectionExtensions
{
    extension(IServiceCollection services)
    {
        /// <summary>Adds guard, resolver, probes and the commands of this host; a resolver or a clock that is there already stays.</summary>
        public IServiceCollection AddTargets(OutgoingOptions outgoing, LocalOptions local, CloudOptions? clouds = null)
        {
            services.TryAddSingleton(TimeProvider.System);
            services.TryAddSingleton<IResolver, SystemResolver>();
            services.TryAddSingleton<IDnsResolver, DnsResolver>();
            services.AddSingleton(outgoing);
            services.AddSingleton(local);
            services.AddSingleton<OutgoingGuard>();
            services.TryAddSingleton<GuardedConnection>();
            services.AddSingleton<TlsProbe>();
            services.AddSingleton<EndpointProbe>();
            services.AddSingleton<CommandRunner>();
            services.AddSingleton(clouds ?? new CloudOptions());
            services.AddSingleton<CloudTransport>();
            services.AddSingleton<AccountGate>();
            services.AddSingleton<CloudSessions>();
            services.AddSingleton<HuaweiIds>();
            return services;
        }
    }
}
