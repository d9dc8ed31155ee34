using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace MultiModal.AspNetCore.Limits;

/// <summary>The queues of all engines, one for each kind of work and model.</summary>
internal sealed class EngineQueues(IOptions<MultiModalHostOptions> options, TimeProvider time) : IDisposable
{
    readonly ConcurrentDictionary<string, Lazy<EngineQueue>> queues = new(StringComparer.Ordinal);

    public IEnumerable<EngineQueue> All => queues.Values.Select(static queue => queue.Value);

    /// <param name="model">A model that is registered: names of strangers' making would make queues without end.</param>
    public EngineQueue Images(string? model) => Get("images", model, options.Value.Limits.Images);

    /// <inheritdoc cref="Images"/>
    public EngineQueue Voice(string? model) => Get("voice", model, options.Value.Limits.Voice);

    /// <inheritdoc cref="Images"/>
    public EngineQueue VoiceStreams(string? model) => Get("voice-streams", model, options.Value.Limits.VoiceStreams);

    public void Dispose()
    {
        foreach (var queue in All)
            queue.Dispose();
    }

    EngineQueue Get(string kind, string? model, QueueOptions settings)
    {
        var name = model is null ? kind : $"{kind}/{model}";
        return queues.GetOrAdd(name, key => new(() => new EngineQueue(key, settings, time))).Value;
    }
}
