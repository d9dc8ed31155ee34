namespace MultiModal.Jimeng.Http;

/// <summary>A whole answer in memory, and the fault that was read from it.</summary>
internal sealed class BufferedContent(byte[] bytes, CloudFault? fault) : ByteArrayContent(bytes)
{
    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    public CloudFault? Fault { get; } = fault;

    /// <summary>The fault of an answer, or null where it is good or streamed.</summary>
    public static CloudFault? FaultOf(HttpResponseMessage? response) => (response?.Content as BufferedContent)?.Fault;
}
