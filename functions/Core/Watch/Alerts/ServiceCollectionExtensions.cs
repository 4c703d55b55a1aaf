using Certrelay.Dns;
using Certrelay.Rollouts;
using Certrelay.Watch.Alerts.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Certrelay.Watch.Alerts;

/// <summary>Registers what brings alerts to people.</summary>
public static class ServiceCollectionExtensions
{
    extension(IServiceCollection services)
    {
        /// <summary>Adds alerts, notices and channels; the guard, the resolver and the clock are there already.</summary>
        public IServiceCollection AddAlerts(AlertOptions options)
        {
            services.TryAddSingleton<GuardedConnection>();
            return services
                .AddSingleton(options)
                .AddSingleton<ChannelHttp>()
                .AddSingleton<ChannelContext>()
                .AddSingleton<ChannelSet>()
                .AddSingleton<ChannelTest>()
                .AddSingleton<NoticeRecords>()
                .AddSingleton<AlertRecords>()
                .AddSingleton<NoticeRunner>()
                .AddSingleton<AlertRetention>()
                .AddSingleton<ISettledSteps, RolloutAlerts>();
        }
    }
}
