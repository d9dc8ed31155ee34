using Microsoft.AspNetCore.Http;
using MultiModal.AspNetCore.Engines;
using MultiModal.AspNetCore.Limits;
using MultiModal.Capabilities;

namespace MultiModal.AspNetCore.Rest;

/// <summary>What the host has, and how busy it is.</summary>
internal sealed class ModelEndpoints(EngineCatalogue engines, EngineQueues queues)
{
    public IResult List() => TypedResults.Json(
        new(
            Of<IImageGenerator>(), Of<IImageEditor>(), Of<IVoiceConverter>(), Of<IStreamingVoiceConverter>(),
            [.. queues.All.OrderBy(static queue => queue.Name, StringComparer.Ordinal)
                .Select(static queue => new QueueAnswer(queue.Name, queue.Running, queue.Waiting, queue.Concurrency, queue.Length))]),
        RestJson.Default.ModelsAnswer);

    CapabilityAnswer Of<T>()
        where T : class => new(engines.Has<T>(), engines.Names<T>());
}
