using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Training.Data;
using MultiModal.Diffusion.Training.Latents;
using MultiModal.Diffusion.Training.Objectives;
using MultiModal.Diffusion.Training.Steps;
using MultiModal.Diffusion.Training.Texts;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Training;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Training.Running;

/// <summary>Makes the step of a training from a model and its data: latents and texts encoded, the graph built.</summary>
/// <param name="options">What the user says.</param>
/// <param name="model">The model.</param>
/// <param name="trainsText">Whether the text encoders are part of the step.</param>
/// <param name="rewrite">What becomes of the graph before gradients are appended: a LoRA's matrices go in.</param>
sealed class StepFactory(DiffusionTrainingOptions options, ModelFiles model, bool trainsText, Func<Graph, Graph> rewrite)
{
    /// <summary>Frozen weights, in bytes, up to which sessions for several sizes are kept at once.</summary>
    const long KeptBytes = 2L << 30;

    /// <summary>The components whose weights are part of the step.</summary>
    public IReadOnlyList<string> Components => trainsText ? ["unet", .. model.TextEncoders.Select(e => e.Component)] : ["unet"];

    /// <summary>The graph for latents of a size, without gradients; its loss is an output.</summary>
    public Graph Build(int batch, int height, int width)
    {
        var texts = trainsText ? model.TextEncoders.Select(e => e.Config).ToList() : [];
        var (graph, loss) = DenoisingGraph.Build(model.UNet, texts, [batch, model.UNet.InChannels, height, width], model.TextEncoders[0].Tokenizer.MaximumLength);
        graph.Output(DenoisingGraph.Loss, loss);
        return rewrite(graph);
    }

    /// <summary>Encodes what is to be encoded, and makes the step.</summary>
    /// <param name="parameters">What is trained.</param>
    /// <param name="data">The pictures, how many a run takes, and how much their losses count.</param>
    /// <param name="cancellationToken">Stops encoding.</param>
    public async Task<DenoisingStep> MakeAsync(ParameterSet parameters, IReadOnlyList<(ImageDataset Dataset, int Batch, float Share)> data, CancellationToken cancellationToken)
    {
        var cache = options.LatentCache is { } place ? await LatentCache.OpenAsync(place, model, cancellationToken).ConfigureAwait(false) : null;
        var sources = new List<PictureSource>();
        foreach (var (dataset, batch, share) in data)
        {
            var latents = await LatentStore.EncodeAsync(model, dataset, options.Mirror, cache, options.Runtime, cancellationToken).ConfigureAwait(false);
            sources.Add(new(dataset, latents, batch, share));
        }

        var captions = data.SelectMany(d => d.Dataset.Images).SelectMany(i => i.Captions).Append("");
        ITextInput texts = trainsText ? new TokenInput([.. model.TextEncoders.Select(e => e.Tokenizer)])
            : await StateInput.EncodeAsync(model, captions, options.Runtime, cancellationToken).ConfigureAwait(false);
        var rows = data.Sum(d => d.Batch);
        var bytes = Build(rows, sources[0].Latents[0, false].Height, sources[0].Latents[0, false].Width).Parameters.Values.Sum(p => p.Shape.ToLongs().Aggregate(4L, (a, b) => a * b));
        var sessions = new SessionsByShape((height, width) => Build(rows, height, width), (graph, stop) => CompileAsync(graph, parameters, stop), (int)Math.Clamp(KeptBytes / bytes, 1, 16));
        var timesteps = model.Scheduler.TrainTimesteps;
        var last = options.LastTimestep ?? (timesteps - 1);
        if (options.FirstTimestep > last || last >= timesteps)
            throw new ArgumentException($"Timesteps {options.FirstTimestep} to {last} cannot be trained: the model has 0 to {timesteps - 1}.");
        return new(sessions, new(model.Scheduler), texts, sources,
            new(options.Seed, options.MinSnrGamma, options.NoiseOffset, options.CaptionDropout, options.Mirror, options.FirstTimestep, last + 1));
    }

    /// <summary>What the data are, for checkpoints: names, captions and sizes, but not where they lie.</summary>
    public static string Describe(IEnumerable<(ImageDataset Dataset, int Batch, float Share)> data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (dataset, batch, share) in data)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{batch} {share}\n")));
            foreach (var image in dataset.Images)
                hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(image.Path)} {image.Repeats} {image.Placement} {string.Join('\n', image.Captions)}\n")));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    async Task<TrainingSession> CompileAsync(Graph graph, ParameterSet parameters, CancellationToken cancellationToken)
    {
        var loss = graph.Outputs.Single(o => o.Name == DenoisingGraph.Loss).Tensor;
        using var weights = Models.ModelWeights.Open(model, Components);

        // The loss has its name as an output already; the session gives gradients under another.
        return await TrainingSession.CreateAsync(
            graph, [new(DenoisingStep.TrainedLoss, loss, parameters)], weights, options: options.Runtime, cancellationToken: cancellationToken).ConfigureAwait(false);
    }
}
