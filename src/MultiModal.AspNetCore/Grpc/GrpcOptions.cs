namespace MultiModal.AspNetCore.Grpc;

/// <summary>How gRPC is spoken.</summary>
public sealed class GrpcOptions
{
    /// <summary>Whether it is spoken at all; true by default. It needs HTTP/2: TLS, or an endpoint of its own without.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The largest message received, in bytes, before and after decompression; 32 MiB by default.</summary>
    public int MaximumReceivedBytes { get; set; } = 32 << 20;

    /// <summary>Whether answers are compressed with gzip where clients take it. False by default: sound and PNG hardly become smaller.</summary>
    public bool CompressAnswers { get; set; }
}
