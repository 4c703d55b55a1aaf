using System.Text;
using System.Text.Json;
using Certrelay.Certificates;
using Certrelay.Targets;
using Certrelay.Targets.Local;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Certrelay.Tests.Targets;

/// <summary>
/// A temporary root with scripts as its commands, and targets made from JSON through the real services. <c>test</c> and <c>reload</c> note their runs;
/// the one fails when there is a mark <c>broken</c>, the other when there is a mark <c>stuck</c>.
/// </summary>
internal sealed class LocalHost : IDisposable
{
    private readonly DirectoryInfo _folder = System.IO.Directory.CreateTempSubdirectory("certrelay-");
    private readonly Dictionary<string, LocalCommand> _commands = new(StringComparer.Ordinal);
    private readonly ServiceProvider _services;

    public LocalHost()
    {
        System.IO.Directory.CreateDirectory(Root);
        Script("test", "echo test >> $0/runs; if [ -e $0/broken ]; then echo no good; exit 1; fi");
        Script("reload", "echo reload >> $0/runs; if [ -e $0/stuck ]; then echo stuck; exit 7; fi");
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(new LoggerFactory([Logs]));
        services.AddLogging();
        services.AddTargets(new(), new LocalOptions { Roots = new Dictionary<string, string> { ["sites"] = Root }, Commands = _commands });
        _services = services.BuildServiceProvider();
    }

    public IServiceProvider Services => _services;

    /// <summary>The folder of the root <c>sites</c>.</summary>
    public string Root => Path.Combine(_folder.FullName, "sites");

    /// <summary>A folder that no target may reach.</summary>
    public string Outside => _folder.FullName;

    public MemoryLogs Logs { get; } = new();

    public CommandRunner Runner => _services.GetRequiredService<CommandRunner>();

    public string PathOf(string file) => Path.Combine(Root, file);

    /// <summary>Adds or replaces a command that is a shell script; <c>$0</c> is its folder for notes.</summary>
    public void Script(string name, string text, int timeoutSeconds = 30) =>
        _commands[name] = new LocalCommand { Argv = ["/bin/sh", "-c", text, _folder.FullName], TimeoutSeconds = timeoutSeconds };

    public void Command(string name, params IReadOnlyList<string> argv) => _commands[name] = new LocalCommand { Argv = argv };

    /// <summary>What scripts have written to a file in their folder; empty when none did.</summary>
    public string Note(string name)
    {
        var path = Path.Combine(_folder.FullName, name);
        return File.Exists(path) ? File.ReadAllText(path) : "";
    }

    /// <summary>Leaves a file for scripts: empty, or with a line that no other PEM text has.</summary>
    public void Mark(string name, byte[]? pem = null) =>
        File.WriteAllText(Path.Combine(_folder.FullName, name), pem is null ? "" : Encoding.ASCII.GetString(pem).Split('\n')[^2]);

    public IDeployTarget Target(string kind, string settings)
    {
        using var json = JsonDocument.Parse(settings);
        return DeployTargets.Find(kind)!.Create(json.RootElement, new TargetContext(_services));
    }

    /// <summary>A target of the kind <c>directory</c>.</summary>
    public IDeployTarget Directory(string settings) => Target(DirectoryTarget.Kind.Name, settings);

    /// <summary>One deployment by such a target.</summary>
    public Task<DeployResult> DeployAsync(string settings, CertificateBundle bundle) =>
        Directory(settings).DeployAsync(bundle, job: null, CancellationToken.None);

    public byte[] Bytes(string file) => File.ReadAllBytes(PathOf(file));

    public UnixFileMode Mode(string file) => File.GetUnixFileMode(PathOf(file));

    /// <summary>Name, inode, mode, owner and time of each entry of the root, as ls prints them.</summary>
    public async Task<string> InodesAsync()
    {
        Command("ls", "ls", "-lAi", "--time-style=full-iso", Root);
        return (await Runner.RunAsync("ls", CancellationToken.None)).Output;
    }

    /// <summary>Names of all that lies in the root, hidden files too.</summary>
    public IEnumerable<string> Entries() => System.IO.Directory.EnumerateFileSystemEntries(Root).Select(Path.GetFileName).Order(StringComparer.Ordinal)!;

    public void Dispose()
    {
        _services.Dispose();
        _folder.Delete(recursive: true);
    }
}

/// <summary>Keeps every log line.</summary>
internal sealed class MemoryLogs : ILoggerProvider, ILogger
{
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

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
