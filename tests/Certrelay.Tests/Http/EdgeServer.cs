using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Certrelay.App.Embedded.Host;
using Certrelay.App.Embedded.Sqlite;
using Certrelay.App.Http;
using Certrelay.Records;
using Certrelay.Tests.Support;
using Certrelay.Watch;
using Certrelay.Watch.Alerts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Certrelay.Tests.Http;

/// <summary>
/// The edge over a real Kestrel on loopback and a real store in a folder that is gone after the test, serving the functions of some classes.
/// </summary>
internal sealed class EdgeServer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SqliteFile _file;
    private readonly EdgeClient _client = new();
    private WebApplication? _application;

    private EdgeServer(TimeProvider time)
    {
        _file = new SqliteFile(_folder["records.db"]);
        Store = new SqliteRecordStore(_file);
        Queue = new SqliteWorkQueue(_file, time);
        Tokens = new TokenRecords(Store, time);
    }

    public SqliteRecordStore Store { get; }

    public SqliteWorkQueue Queue { get; }

    public TokenRecords Tokens { get; }

    /// <summary>Everything that was logged, with the causes.</summary>
    public ConcurrentQueue<string> Log { get; } = [];

    public IServiceProvider Services => _application!.Services;

    public Uri Address { get; private set; } = null!;

    /// <summary>Starts a server; what the functions need beside the edge's own services is added by <paramref name="services"/>.</summary>
    public static async Task<EdgeServer> StartAsync(
        IEnumerable<Type> functions, TimeProvider? time = null, EdgeOptions? options = null, Action<IServiceCollection>? services = null)
    {
        var server = new EdgeServer(time ?? TimeProvider.System);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Debug).AddProvider(new QueueLogs(server.Log));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.ConfigureEdge(options ?? new EdgeOptions());
        });
        builder.Services.AddSingleton<IRecordStore>(server.Store).AddSingleton<IWorkQueue>(server.Queue).AddSingleton(time ?? TimeProvider.System)
            .AddSingleton(FunctionTable.Of(functions)).AddSingleton<FunctionInvoker>().AddHttpEdge(options)
            .AddSingleton(new KeepOptions()).AddAlerts(new AlertOptions()).AddSingleton<Heartbeats>().AddSingleton<HealthReading>();
        services?.Invoke(builder.Services);
        server._application = builder.Build();
        server._application.MapFunctions();
        await server._application.StartAsync();
        server.Address = new Uri(server._application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return server;
    }

    /// <summary>A token of some roles.</summary>
    public Task<string> TokenAsync(params Role[] roles) => TokenAsync(roles, scope: null);

    /// <summary>A token of some roles that is held to a scope.</summary>
    public async Task<string> TokenAsync(Role[] roles, params string[]? scope) =>
        (await Tokens.IssueAsync("test", roles, scope, expires: null, "test", CancellationToken.None)).Text;

    /// <summary>Sends a request; a body that is no <see cref="HttpContent"/> is the text of JSON.</summary>
    public Task<Reply> SendAsync(string method, string path, string? token = null, object? body = null, params (string Name, string Value)[] headers) =>
        SendAsync(method, path, token, body, CancellationToken.None, headers);

    /// <summary>As above, for a caller who may hang up.</summary>
    public Task<Reply> SendAsync(
        string method, string path, string? token, object? body, CancellationToken cancellationToken, params (string Name, string Value)[] headers) =>
        _client.SendAsync(method, new Uri(Address, path), token, body, cancellationToken, headers);

    public Task<Reply> GetAsync(string path, string? token = null, params (string Name, string Value)[] headers) => SendAsync("GET", path, token, body: null, headers);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_application is not null)
        {
            await _application.StopAsync();
            await _application.DisposeAsync();
        }

        await _file.DisposeAsync();
        _folder.Dispose();
    }

    private sealed class QueueLogs(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            lines.Enqueue($"scope: {state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}

/// <summary>An answer as it came.</summary>
internal sealed record Reply(int Status, string? ContentType, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    /// <summary>The code of problem details; fails on any other answer.</summary>
    public string Problem
    {
        get
        {
            Assert.Equal("application/problem+json", ContentType);
            Assert.Equal(Status, Json["status"]!.GetValue<int>());
            Assert.Equal(Headers[CorrelationHeader], Json["correlation"]!.GetValue<string>());
            return Json["code"]!.GetValue<string>();
        }
    }

    public const string CorrelationHeader = "X-Correlation-Id";

    /// <summary>The faults of problem details as <c>place: detail</c>.</summary>
    public IEnumerable<string> Faults => Json["faults"]!.AsArray().Select(fault => $"{fault!["at"]}: {fault["detail"]}");
}
