using Microsoft.Extensions.Logging;

namespace Weft.Daemon.Api;

/// <summary>Warnings and errors of the HTTP server go into the daemon's log.</summary>
internal sealed class LogProvider(DaemonLog log) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Logger(log, categoryName);

    public void Dispose()
    {
        // The log has nothing to close.
    }

    private sealed class Logger(DaemonLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?,
            string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                log.Write($"{category}: {formatter(state, exception)} {exception}");
            }
        }
    }
}
