using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Training;

namespace MultiModal.Diffusion.Training.Steps;

/// <summary>
/// Training sessions for latents of several sizes, which share their parameters. Each is compiled for its size when that comes first; of large
/// models only the last used are kept, since each holds the frozen weights.
/// </summary>
sealed class SessionsByShape(Func<int, int, Graph> build, Func<Graph, CancellationToken, Task<TrainingSession>> compile, int kept) : IAsyncDisposable
{
    readonly List<Entry> entries = [];

    sealed record Entry(int Height, int Width, TrainingSession Session, Dictionary<string, TensorData> Inputs);

    /// <summary>The session for a size, and its inputs' tensors, which every run of it reuses.</summary>
    public async Task<(TrainingSession Session, IReadOnlyDictionary<string, TensorData> Inputs)> GetAsync(int height, int width, CancellationToken cancellationToken)
    {
        if (entries.Find(e => e.Height == height && e.Width == width) is { } ready)
        {
            entries.Remove(ready);
            entries.Add(ready);
            return (ready.Session, ready.Inputs);
        }

        while (entries.Count >= kept)
        {
            await entries[0].Session.DisposeAsync().ConfigureAwait(false);
            entries.RemoveAt(0);
        }

        var graph = await Task.Run(() => build(height, width), cancellationToken).ConfigureAwait(false);
        var inputs = graph.Inputs.ToDictionary(i => i.Name!, i => TensorData.Zeros(i.Type, i.Shape.ToLongs()));
        var session = await compile(graph, cancellationToken).ConfigureAwait(false);
        entries.Add(new(height, width, session, inputs));
        return (session, inputs);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var entry in entries) await entry.Session.DisposeAsync().ConfigureAwait(false);
        entries.Clear();
    }
}
