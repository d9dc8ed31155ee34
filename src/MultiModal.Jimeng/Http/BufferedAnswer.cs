using System.Net;

namespace MultiModal.Jimeng.Http;

/// <summary>A good answer: its bytes, what they are, and the status they came with.</summary>
internal readonly record struct BufferedAnswer(ReadOnlyMemory<byte> Bytes, string? MediaType, HttpStatusCode Status);
