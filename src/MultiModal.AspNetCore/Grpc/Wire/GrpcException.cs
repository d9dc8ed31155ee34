namespace MultiModal.AspNetCore.Grpc.Wire;

/// <summary>Ends a call with a status other than OK.</summary>
internal sealed class GrpcException(GrpcStatus status, string message) : Exception(message)
{
    public GrpcStatus Status { get; } = status;
}
