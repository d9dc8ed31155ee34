namespace MultiModal.Pipeline.Security;

/// <summary>Where audit events go. Implementations are safe for concurrent use.</summary>
public interface IContentAuditSink
{
    /// <summary>Takes an event. An error fails the content: what cannot be recorded does not pass.</summary>
    /// <param name="audit">The event.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask WriteAsync(ContentAuditEvent audit, CancellationToken cancellationToken = default);
}
