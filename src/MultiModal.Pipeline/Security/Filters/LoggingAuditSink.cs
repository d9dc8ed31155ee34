using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MultiModal.Capabilities;

namespace MultiModal.Pipeline.Security;

/// <summary>Writes audit events to the log: what passes at the level Debug, all else as a warning.</summary>
/// <param name="log">The log; null for none.</param>
public sealed partial class LoggingAuditSink(ILogger<LoggingAuditSink>? log = null) : IContentAuditSink
{
    readonly ILogger logger = log ?? NullLogger<LoggingAuditSink>.Instance;

    /// <inheritdoc/>
    public ValueTask WriteAsync(ContentAuditEvent audit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(audit);
        var level = audit.Action == ContentAction.Allow ? LogLevel.Debug : LogLevel.Warning;
        if (!logger.IsEnabled(level)) return ValueTask.CompletedTask;
        var categories = string.Join(", ", audit.Categories);
        Judged(level, audit.Kind, audit.Fingerprint, audit.Action, audit.Verdict, categories, audit.Score);
        return ValueTask.CompletedTask;
    }

    [LoggerMessage(Message = "{Kind} {Fingerprint}: {Action}, judged {Verdict} ({Categories}, {Score}).")]
    partial void Judged(LogLevel level, ContentKind kind, string fingerprint, ContentAction action, ContentVerdict verdict, string categories, double score);
}
