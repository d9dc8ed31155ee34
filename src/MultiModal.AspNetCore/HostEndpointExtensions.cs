using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MultiModal.AspNetCore.Grpc;
using MultiModal.AspNetCore.Grpc.Wire;
using MultiModal.AspNetCore.Hosting;
using MultiModal.AspNetCore.Page;
using MultiModal.AspNetCore.Realtime;
using MultiModal.AspNetCore.Rest;
using MultiModal.Pipeline.Monitoring.Prometheus;

namespace MultiModal.AspNetCore;

/// <summary>Maps the host's endpoints.</summary>
public static class HostEndpointExtensions
{
    /// <summary>
    /// Maps REST, server-sent events, the WebSocket (below <paramref name="prefix"/>/v1) and gRPC (/multimodal.v1.Voice and .Images). All of them check address,
    /// rate, origin and credential themselves: no middleware has to be added for that.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="prefix">What stands before v1 in paths, such as <c>/api</c>; nothing by default. gRPC has no prefix: its clients cannot take one.</param>
    /// <returns>The endpoints, for further conventions.</returns>
    /// <exception cref="InvalidOperationException">The services are not registered.</exception>
    public static IEndpointConventionBuilder MapMultiModal(this IEndpointRouteBuilder endpoints, string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        var guard = Guard(endpoints);
        var all = endpoints.MapGroup("");
        RestRoutes.Map(all.MapGroup(prefix + "/v1").WithGroupName(ApiDescription.Document));
        var socket = endpoints.ServiceProvider.GetRequiredService<VoiceSocket>();
        Sockets.Map(all, prefix + "/v1/voice/stream", socket.ServeAsync, guard);
        if (endpoints.ServiceProvider.GetRequiredService<IOptions<MultiModalHostOptions>>().Value.Grpc.Enabled)
            GrpcRoutes.Map(all);
        Protect(all, guard);
        return all;
    }

    /// <summary>Maps a small page to try everything in a browser. It can be seen without a credential; what it calls cannot.</summary>
    /// <param name="endpoints">The application, which has <see cref="MapMultiModal"/>.</param>
    /// <param name="path">Where it is; <c>/</c> by default.</param>
    /// <param name="prefix">The prefix given to <see cref="MapMultiModal"/>.</param>
    /// <returns>The endpoints, for further conventions.</returns>
    public static IEndpointConventionBuilder MapMultiModalPage(this IEndpointRouteBuilder endpoints, string path = "/", string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(prefix);
        path = path.TrimEnd('/');
        var page = endpoints.MapGroup(path).WithMetadata(OpenToAll.Instance).ExcludeFromDescription();
        PageFiles.Map(page, path, prefix);
        Protect(page, Guard(endpoints));
        return page;
    }

    /// <summary>Maps what Prometheus scrapes, for callers with a credential (Prometheus sends one: <c>authorization</c> in its scrape configuration).</summary>
    /// <param name="endpoints">The application, which has a <see cref="PrometheusExporter"/>: <c>services.AddPrometheusExporter()</c>.</param>
    /// <param name="path">Where it is; <c>/metrics</c> by default.</param>
    /// <returns>The endpoint, for further conventions.</returns>
    public static IEndpointConventionBuilder MapMultiModalMetrics(this IEndpointRouteBuilder endpoints, string path = "/metrics")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var exporter = endpoints.ServiceProvider.GetRequiredService<PrometheusExporter>();
        var group = endpoints.MapGroup("");
        group.MapGet(path, () => TypedResults.Text(exporter.Write(), PrometheusExporter.ContentType)).ExcludeFromDescription();
        Protect(group, Guard(endpoints));
        return group;
    }

    static Guard Guard(IEndpointRouteBuilder endpoints) => endpoints.ServiceProvider.GetService<Guard>()
        ?? throw new InvalidOperationException($"The host's services are not registered: call {nameof(HostServiceCollectionExtensions.AddMultiModalHost)} first.");

    static void Protect(RouteGroupBuilder group, Guard guard) => ((IEndpointConventionBuilder)group).Finally(endpoint =>
    {
        if (endpoint.RequestDelegate is not { } inner || endpoint.Metadata.Contains(Guarded.Instance))
            return;
        var isOpen = endpoint.Metadata.Contains(OpenToAll.Instance);
        endpoint.RequestDelegate = context => guard.InvokeAsync(context, inner, isOpen);
    });
}
