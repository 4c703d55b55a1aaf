using Microsoft.Extensions.Logging;

namespace Certrelay.CrashHost;

/// <summary>Everything that is logged, in one file, written line by line so that a killed process has lost none.</summary>
internal sealed class LogFile(string path) : ILoggerProvider, ISupportExternalScope
{
    private readonly StreamWriter _file = new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
    private readonly Lock _lock = new();
    private IExternalScopeProvider? _scopes;

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose() => _file.Dispose();

    private void Write(string line)
    {
        lock (_lock)
            _file.WriteLine(line);
    }

    private sealed class Category(LogFile file, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => file._scopes?.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var values = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
            var scopes = new List<string>();
            file._scopes?.ForEachScope(static (scope, all) => all.Add($"{scope}"), scopes);
            file.Write($"{logLevel} {name} [{string.Join(" > ", scopes)}] {formatter(state, exception)} {{{string.Join(", ", values.Select(value => $"{value.Key}={value.Value}"))}}} {exception}");
        }
    }
}
