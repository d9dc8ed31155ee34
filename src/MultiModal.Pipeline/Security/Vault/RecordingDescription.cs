namespace MultiModal.Pipeline.Security;

/// <summary>What a key record says of its recording, encrypted.</summary>
sealed record RecordingDescription(long Length, long CreatedAt, string ContentType, Dictionary<string, string> Labels);
