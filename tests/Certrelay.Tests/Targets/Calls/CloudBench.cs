using System.Text;
using Certrelay.Records;
using Certrelay.Targets.Accounts;
using Certrelay.Targets.Calls;
using Certrelay.Tests.Rollouts;
using Certrelay.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Certrelay.Tests.Targets.Calls;

/// <summary>The product on a folder of its own with one account, whose vendor's calls go to a given address; every log line is kept.</summary>
internal sealed class CloudBench : IAsyncDisposable
{
    public const string Account = "shop";

    private readonly TemporaryFolder _folder = new();
    private readonly LogLines _log = new();

    private CloudBench(CloudVendor vendor, Uri endpoint, TimeProvider? time, Func<CloudOptions, CloudOptions>? options)
    {
        var clouds = new CloudOptions { Endpoints = new Dictionary<string, string>(StringComparer.Ordinal) { [CloudOptions.Word(vendor)] = endpoint.ToString() } };
        Product = new RolloutBench(
            _folder.Path,
            services =>
            {
                if (time is not null)
                    services.AddSingleton(time);
                services.AddSingleton<ILoggerProvider>(_log);
                services.AddLogging(log => log.SetMinimumLevel(LogLevel.Trace));
            },
            options?.Invoke(clouds) ?? clouds);
    }

    /// <summary>The product itself, for rollouts after its start.</summary>
    public RolloutBench Product { get; }

    /// <summary>All that was logged, at every level.</summary>
    public IReadOnlyCollection<string> Log => _log.Lines;

    /// <summary>Makes the product with the account; nothing is called yet.</summary>
    public static async Task<CloudBench> OpenAsync(
        CloudVendor vendor, Uri endpoint, string keyId, string secret, string? token = null, TimeProvider? time = null, string? site = null, string? region = null,
        Func<CloudOptions, CloudOptions>? options = null, string? tenant = null)
    {
        var bench = new CloudBench(vendor, endpoint, time, options);
        await bench.Product.AccountAsync(Account, vendor, keyId, secret, token, site, region, tenant);
        return bench;
    }

    /// <summary>The account opened for a kind; with a plan, writes are recorded there.</summary>
    public Task<CloudSession> SessionAsync(CloudKind kind, CloudPlan? plan = null) => Product.Get<CloudSessions>().OpenAsync(Account, kind, plan, CancellationToken.None);

    /// <summary>Gives the account another secret.</summary>
    public async Task RotateAsync(string secret)
    {
        var registry = Product.Get<AccountRegistry>();
        var account = (await registry.ReadAsync(Account, CancellationToken.None))!;
        var changed = new AccountDescription
        {
            Name = Account,
            Vendor = account.Value.Vendor,
            Site = account.Value.Site,
            Region = account.Value.Region,
            Tenant = account.Value.Tenant,
            KeyId = account.Value.KeyId,
            Key = new AccountSecret(Encoding.ASCII.GetBytes(secret), null, null),
        };
        await registry.ChangeAsync(account, changed, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await Product.DisposeAsync();
        _folder.Dispose();
    }
}
