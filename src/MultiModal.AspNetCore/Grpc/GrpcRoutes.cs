using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MultiModal.AspNetCore.Grpc.Wire;

namespace MultiModal.AspNetCore.Grpc;

/// <summary>Maps the methods of Protos/multimodal.proto.</summary>
internal static class GrpcRoutes
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var wire = services.GetRequiredService<GrpcEndpoint>();
        var (voice, images) = (services.GetRequiredService<VoiceService>(), services.GetRequiredService<ImageService>());
        Map("Voice/ListVoices", voice.ListVoicesAsync);
        Map("Voice/Convert", voice.ConvertAsync);
        Map("Voice/Stream", voice.StreamAsync);
        Map("Images/Generate", images.GenerateAsync);
        Map("Images/GenerateStreaming", images.GenerateStreamingAsync);
        Map("Images/Edit", images.EditAsync);
        foreach (var service in new[] { "Voice", "Images" })
            Map($"{service}/{{method}}", static _ => throw new GrpcException(GrpcStatus.Unimplemented, "The service has no such method."));

        void Map(string method, Func<GrpcCall, Task> serve) =>
            endpoints.MapPost("/multimodal.v1." + method, context => wire.ServeAsync(context, serve)).ExcludeFromDescription();
    }
}
