using Certrelay.Certificates;
using Certrelay.Targets;
using Certrelay.Targets.Calls;

namespace Certrelay.Tests.Targets.Contract;

/// <summary>A folder of this host; what is served is what its files hold.</summary>
internal sealed class LocalStand : ContractStand
{
    private readonly LocalHost _host = new();
    private readonly string _kind;
    private readonly string _settings;

    private LocalStand(string kind, string settings) => (_kind, _settings) = (kind, settings);

    public override IEnumerable<string> Log => _host.Logs.Lines;

    public static async Task<ContractStand> StartAsync(string kind, string settings)
    {
        LocalStand stand = null!;
        stand = new LocalStand(kind, settings)
        {
            ServedAsync = () => Task.FromResult(PemLeaf.Of(File.ReadAllText(stand._host.PathOf("fullchain.pem")))?.Fingerprint),
        };
        await stand.DeployAsync(stand.Former);
        return stand;
    }

    public override Task<T> WithAsync<T>(Func<IDeployTarget, Task<T>> act, CloudPlan? plan = null) => act(_host.Target(_kind, _settings));

    public override ValueTask DisposeAsync()
    {
        _host.Dispose();
        return base.DisposeAsync();
    }
}
