using Microsoft.Extensions.Logging;

namespace Certrelay.App.Cli.Demo;

/// <summary>Logs of the demo's instance: warnings and errors go to a file, so that they neither disturb the table nor get lost.</summary>
internal sealed class WarningFile(string path, TimeProvider time) : ILoggerProvider
{
    private readonly Lock _lock = new();

    public ILogger CreateLogger(string categoryName) => new Lines(this, categoryName);

    public void Dispose()
    {
        // Nothing is held open between two lines.
    }

    private void Write(string line)
    {
        lock (_lock)
            File.AppendAllText(path, $"{time.GetUtcNow():O} {line}{Environment.NewLine}");
    }

    private sealed class Lines(WarningFile file, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                file.Write($"{logLevel} {category}: {formatter(state, exception)} {exception}".TrimEnd());
        }
    }
}
