using MultiModal.Capabilities;

namespace MultiModal.Pipeline.Security;

/// <summary>That a content was judged, for the records. It holds no content, only a fingerprint of it.</summary>
/// <param name="Time">When.</param>
/// <param name="Kind">What was judged.</param>
/// <param name="Fingerprint">The first 16 bytes of the content's SHA-256 in hexadecimal digits: equal contents can be told, and nothing else.</param>
/// <param name="Action">What was done.</param>
/// <param name="Verdict">What the censors said.</param>
/// <param name="Categories">The categories found.</param>
/// <param name="Score">The highest score.</param>
public sealed record ContentAuditEvent(
    DateTimeOffset Time, ContentKind Kind, string Fingerprint, ContentAction Action, ContentVerdict Verdict, IReadOnlyList<string> Categories, double Score);
