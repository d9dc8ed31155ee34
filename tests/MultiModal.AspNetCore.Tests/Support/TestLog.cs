using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace MultiModal.AspNetCore.Tests.Support;

/// <summary>Keeps what is logged: all warnings and errors, and so much of the rest that a long soak does not measure its own log.</summary>
sealed class TestLog : ILoggerProvider
{
    const int MostDetails = 5000;

    readonly ConcurrentQueue<(LogLevel Level, string Category, string Text)> entries = new();

    /// <summary>Errors of the host, and of the server where an exception got through to it.</summary>
    public IEnumerable<string> Errors => entries.Where(static entry => entry.Level >= LogLevel.Error).Select(static entry => $"{entry.Category}: {entry.Text}");

    public IEnumerable<string> Warnings => entries.Where(static entry => entry.Level == LogLevel.Warning).Select(static entry => entry.Text);

    public string All => string.Join('\n', entries.Select(static entry => entry.Text));

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    sealed class Logger(TestLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning || category.StartsWith("MultiModal", StringComparison.Ordinal);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel) && (logLevel >= LogLevel.Warning || log.entries.Count < MostDetails))
                log.entries.Enqueue((logLevel, category, exception is null ? formatter(state, exception) : $"{formatter(state, exception)} {exception}"));
        }
    }
}
