using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MultiModal.AspNetCore.Hosting;

namespace MultiModal.AspNetCore.Realtime;

/// <summary>Maps WebSockets.</summary>
internal static class Sockets
{
    static readonly string[] Methods = ["GET", "CONNECT"];

    /// <summary>Maps one. What makes a request a WebSocket stands before the guard, which reads the credential off it; an application need not add it.</summary>
    public static void Map(IEndpointRouteBuilder endpoints, string path, RequestDelegate serve, Guard guard)
    {
        var pipeline = endpoints.CreateApplicationBuilder();
        pipeline.UseWebSockets();
        pipeline.Run(context => guard.InvokeAsync(context, serve, isOpen: false));
        endpoints.MapMethods(path, Methods, pipeline.Build()).WithMetadata(Guarded.Instance).ExcludeFromDescription();
    }
}
