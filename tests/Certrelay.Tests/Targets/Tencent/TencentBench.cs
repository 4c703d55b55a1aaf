using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Certrelay.App.Embedded;
using Certrelay.App.Embedded.Sqlite;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Simulators.Tencent;
using Certrelay.Targets;
using Certrelay.Targets.Accounts;
using Certrelay.Targets.Calls;
using Certrelay.Tests.Clouds;
using Certrelay.Tests.Support;
using Certrelay.Tests.Vault;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Certrelay.Tests.Targets.Tencent;

/// <summary>The simulated vendor with an account opened as the runner opens it: for each move anew. Time moves by the delays that targets ask for.</summary>
internal sealed class TencentBench : IAsyncDisposable
{
    public const string Account = "shop";
    public const string Region = "ap-guangzhou";

    private readonly VaultSite _site = new();
    private readonly TemporaryFolder _folder = new();
    private readonly SqliteFile _file;
    private readonly CloudTransport _transport;
    private readonly CloudSessions _sessions;
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private readonly LogLines _log = new();

    private TencentBench(TencentSimulator simulator, ManualTime time)
    {
        (Simulator, Time) = (simulator, time);
        _file = new SqliteFile(_folder["records.db"]);
        var store = new SqliteRecordStore(_file);
        // As fast as the machine can: budgets have their own tests.
        var options = new CloudOptions
        {
            Endpoints = new Dictionary<string, string> { ["tencent"] = simulator.Endpoint.ToString() },
            Limits = new[] { "ssl", "cdn", "clb", "waf" }.ToDictionary(static service => $"tencent.{service}", static _ => "100000/1"),
        };
        Accounts = new AccountRegistry(store, FileVault.Open(_site.Folder, _site.Keys, time), new Due(store), time);
        _transport = new CloudTransport(options, time);
        _sessions = new CloudSessions(Accounts, store, new CertificateIndex(store, time), _transport, new AccountGate(store, options, time), options, time, new LoggerFactory([_log]));
    }

    public TencentSimulator Simulator { get; }

    public ManualTime Time { get; }

    public AccountRegistry Accounts { get; }

    /// <summary>The issuer of every certificate here.</summary>
    public TestCertificate Root { get; } = TestCertificates.Root();

    /// <summary>What was logged.</summary>
    public IReadOnlyList<string> Log => _log.Lines;

    /// <summary>The writes that the vendor was asked for and granted.</summary>
    public IReadOnlyList<string> Writes => [.. Simulator.Calls.Where(static call => call is { Writes: true, Code: null }).Select(static call => call.Action)];

    public static async Task<TencentBench> StartAsync(DateTimeOffset? now = null, string? token = null)
    {
        var time = new ManualTime(now ?? TestCertificates.Now);
        var simulator = await TencentSimulator.StartAsync(time);
        var credentials = TencentCredentials.Example with { Token = token };
        if (token is not null)
            simulator.Allow(credentials);
        var bench = new TencentBench(simulator, time);
        var key = new AccountSecret(Encoding.ASCII.GetBytes(credentials.SecretKey), null, null);
        if (token is not null)
            key = key with { SessionToken = Encoding.ASCII.GetBytes(token), SessionExpires = time.GetUtcNow().AddHours(1) };
        await bench.Accounts.CreateAsync(new AccountDescription { Name = Account, Vendor = CloudVendor.Tencent, KeyId = credentials.SecretId, Key = key }, default);
        return bench;
    }

    /// <summary>A certificate in the store, put there by somebody else, with its id.</summary>
    public (TestCertificate Certificate, string Id) Stored(string alias, params string[] names)
    {
        var certificate = Root.IssueLeaf(names);
        return (certificate, Simulator.AddCertificate(certificate.FullChainPem, certificate.KeyPem, alias));
    }

    /// <summary>Opens the account for a kind and makes the target, for one piece of work.</summary>
    public async Task<T> WithAsync<T>(string kind, JsonObject settings, Func<IDeployTarget, Task<T>> work, CloudPlan? plan = null)
    {
        var found = DeployTargets.Find(kind)!;
        var all = settings.DeepClone().AsObject();
        all["account"] = Account;
        using var session = await _sessions.OpenAsync(Account, found.Cloud!, plan, default);
        return await work(found.Create(JsonSerializer.SerializeToElement(all), new TargetContext(_services) { Cloud = session }));
    }

    /// <summary>Opens the account for a kind whose list of actions is enough for the work.</summary>
    public async Task<T> WithSessionAsync<T>(string kind, Func<CloudSession, Task<T>> work)
    {
        using var session = await _sessions.OpenAsync(Account, DeployTargets.Find(kind)!.Cloud!, plan: null, default);
        return await work(session);
    }

    public Task<TargetReading> ReadAsync(string kind, JsonObject settings) => WithAsync(kind, settings, static target => target.ReadAsync(default));

    /// <summary>Deploys to the end of its jobs.</summary>
    public Task<IReadOnlyList<ResourceOutcome>> DeployAsync(string kind, JsonObject settings, TestCertificate certificate, string lineage = "shop") => ToTheEndAsync(async job =>
    {
        using var bundle = certificate.ToBundle(lineage);
        return await WithAsync(kind, settings, target => target.DeployAsync(bundle, job, default));
    });

    /// <summary>Restores to the end of its jobs.</summary>
    public Task<IReadOnlyList<ResourceOutcome>> RestoreAsync(string kind, JsonObject settings, TargetState previous) =>
        ToTheEndAsync(job => WithAsync(kind, settings, target => target.RestoreAsync(previous, null, job, default)));

    public Task RetireAsync(string kind, JsonObject settings, string lineage = "shop") => WithAsync(kind, settings, async target =>
    {
        await target.RetireAsync(lineage, new TargetState([]), default);
        return 0;
    });

    /// <summary>The writes that a deployment would make.</summary>
    public async Task<IReadOnlyList<PlannedCall>> PlanAsync(string kind, JsonObject settings, TestCertificate certificate)
    {
        var plan = new CloudPlan();
        using var bundle = certificate.ToBundle("shop");
        var result = await WithAsync(kind, settings, target => target.DeployAsync(bundle, null, default), plan);
        Assert.All(Assert.IsType<DeployResult.Bound>(result).Outcomes, static outcome => Assert.True(outcome.Succeeded, outcome.Message));
        return plan.Calls;
    }

    public Task<Fingerprint?> EdgeAsync(string name) => Handshake.LeafAsync(Simulator.EdgePort, name);

    public async ValueTask DisposeAsync()
    {
        _transport.Dispose();
        await Simulator.DisposeAsync();
        await _file.DisposeAsync();
        await _services.DisposeAsync();
        _folder.Dispose();
        _site.Dispose();
        Root.Dispose();
    }

    private async Task<IReadOnlyList<ResourceOutcome>> ToTheEndAsync(Func<PendingJob?, Task<DeployResult>> move)
    {
        PendingJob? job = null;
        for (var round = 0; round < 50; round++)
        {
            switch (await move(job))
            {
                case DeployResult.Bound(var outcomes):
                    return outcomes;
                case DeployResult.Pending(var next, var pollAfter):
                    // As the step's record keeps it.
                    job = JsonSerializer.Deserialize<PendingJob>(JsonSerializer.Serialize(next));
                    Time.Advance(pollAfter);
                    break;
            }
        }

        throw new InvalidOperationException("The job does not end.");
    }

    private sealed class LogLines : ILoggerProvider, ILogger
    {
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> Lines => _lines;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lines)
                _lines.Add($"{formatter(state, exception)} {exception}");
        }

        public void Dispose()
        {
        }
    }
}
