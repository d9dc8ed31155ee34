using System.Numerics.Tensors;
using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Networks;
using MultiModal.Images;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Safety;

/// <summary>
/// Stable Diffusion's own classifier of unsafe pictures (the safety_checker folder of diffusers' models): CLIP's view of a picture is compared
/// with 17 concepts, each with a threshold of its own. Safe for concurrent use.
/// </summary>
public sealed class SafetyChecker : IAsyncDisposable
{
    readonly NetworkSession session;
    readonly int size;
    readonly float[][] concepts, specialConcepts;
    readonly float[] limits, specialLimits;

    SafetyChecker(NetworkSession session, int size, float[][] concepts, float[] limits, float[][] specialConcepts, float[] specialLimits)
    {
        (this.session, this.size) = (session, size);
        (this.concepts, this.limits, this.specialConcepts, this.specialLimits) = (concepts, limits, specialConcepts, specialLimits);
    }

    /// <summary>Loads a checker.</summary>
    /// <param name="path">The folder safety_checker of a model as diffusers saves it.</param>
    /// <param name="runtime">Where and how it runs; null for the defaults.</param>
    /// <param name="cancellationToken">Stops loading; nothing stays behind.</param>
    /// <exception cref="InvalidFileException">A file is missing or damaged.</exception>
    /// <exception cref="WeightMismatchException">The weights are not those of the architecture the configuration describes.</exception>
    public static async Task<SafetyChecker> LoadAsync(string path, RuntimeOptions? runtime = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = await ConfigFile.LoadAsync(Path.Combine(path, "config.json"), cancellationToken).ConfigureAwait(false);
        var config = ClipVisionConfig.From(file);
        var weightFile = ((string[])["model.safetensors", "model.fp16.safetensors", "pytorch_model.bin"]).Select(n => Path.Combine(path, n)).FirstOrDefault(File.Exists)
            ?? throw new InvalidFileException(path, "there are no weights here (model.safetensors).", remedy: "Download them beside config.json.");
        using var weights = WeightFiles.Open(weightFile);
        var graph = NetworkOf(config);
        WeightMatching.Check(
            weights, graph.Parameters.Select(p => (p.Key, (IReadOnlyList<long>)p.Value.Shape.ToLongs())),
            "concept_embeds", "concept_embeds_weights", "special_care_embeds", "special_care_embeds_weights", "vision_model.vision_model.embeddings.position_ids");
        var (concepts, limits) = Concepts(weights, "concept_embeds", config.ProjectionSize);
        var (special, specialLimits) = Concepts(weights, "special_care_embeds", config.ProjectionSize);
        var session = await Task.Run(
            () => NetworkSession.CreateAsync(OnnxWriter.Write(graph.Optimise(), weights), runtime ?? new(), "safety checker", null, cancellationToken), cancellationToken).ConfigureAwait(false);
        return new(session, config.ImageSize, concepts, limits, special, specialLimits);
    }

    /// <summary>Judges a picture.</summary>
    /// <param name="image">Any picture.</param>
    /// <param name="strictness">Added to every score: above 0 more pictures are unsafe, below 0 fewer. Default 0, as published.</param>
    /// <param name="cancellationToken">Stops the run in flight.</param>
    public Task<SafetyVerdict> CheckAsync(ImageBuffer image, float strictness = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Task.Run(() => Check(image, strictness, cancellationToken), cancellationToken);
    }

    /// <summary>Frees the network once the runs under way have ended.</summary>
    public ValueTask DisposeAsync() => session.DisposeAsync();

    internal static Graph NetworkOf(ClipVisionConfig config)
    {
        var graph = new Graph();
        var image = graph.Input("image", DType.Float32, "batch", 3, config.ImageSize, config.ImageSize);
        graph.Output("embedding", new ClipVisionModel(graph.Root["vision_model.vision_model"], graph.Root["visual_projection"], config).Forward(image));
        return graph;
    }

    /// <summary>
    /// The published rule: a concept's score is the cosine less its threshold, rounded to three digits; a picture near one of the special
    /// concepts is judged 0.01 more strictly. Unsafe is a picture with a score above 0.
    /// </summary>
    internal SafetyVerdict Judge(ReadOnlySpan<float> embedding, float strictness)
    {
        var adjustment = (double)strictness;
        for (var i = 0; i < specialConcepts.Length; i++)
        {
            if (Math.Round(TensorPrimitives.CosineSimilarity(embedding, specialConcepts[i]) - specialLimits[i] + adjustment, 3) <= 0) continue;
            adjustment = strictness + 0.01;
        }

        var scores = new float[concepts.Length];
        for (var i = 0; i < scores.Length; i++)
            scores[i] = (float)Math.Round(TensorPrimitives.CosineSimilarity(embedding, concepts[i]) - limits[i] + adjustment, 3);
        return new(scores.Any(s => s > 0), scores);
    }

    SafetyVerdict Check(ImageBuffer image, float strictness, CancellationToken cancellationToken) =>
        Judge(session.Run(new Dictionary<string, TensorData> { ["image"] = ToInput(image) }, cancellationToken: cancellationToken)["embedding"].Floats, strictness);

    /// <summary>As CLIP's processor: the shorter side to the size (bicubic), the middle cut out, each colour to mean 0 and variance 1.</summary>
    TensorData ToInput(ImageBuffer image)
    {
        var rgb = image.Over(0, 0, 0);
        var scale = (double)size / Math.Min(rgb.Width, rgb.Height);
        var (width, height) = (Math.Max(size, (int)(rgb.Width * scale)), Math.Max(size, (int)(rgb.Height * scale)));
        var cut = rgb.Resize(width, height, ResizeFilter.Bicubic).Crop((width - size) / 2, (height - size) / 2, size, size);
        ReadOnlySpan<float> mean = [0.48145466f, 0.4578275f, 0.40821073f];
        ReadOnlySpan<float> deviation = [0.26862954f, 0.26130258f, 0.27577711f];
        var values = new float[3 * size * size];
        for (var i = 0; i < size * size; i++)
            for (var c = 0; c < 3; c++) values[(c * size * size) + i] = ((cut.Pixels[(i * 3) + c] / 255f) - mean[c]) / deviation[c];
        return TensorData.Of(values, 1, 3, size, size);
    }

    static (float[][] Directions, float[] Limits) Concepts(IWeightSource weights, string name, int features)
    {
        var (directions, limits) = (weights.Get(name), weights.Get(name + "_weights"));
        if (directions.Dimensions is not [var count and > 0 and <= 4096, var width] || width != features || limits.Dimensions is not [var limitCount] || limitCount != count)
            throw new InvalidFileException(weights.Name, $"concepts have the shape [{string.Join(", ", directions.Dimensions)}], thresholds [{string.Join(", ", limits.Dimensions)}]; {features} features and as many thresholds as concepts are expected.", name);
        var values = directions.ToFloat32();
        return ([.. Enumerable.Range(0, (int)count).Select(i => values.Floats.Slice(i * features, features).ToArray())], limits.ToFloat32().Floats.ToArray());
    }
}
