using MultiModal.Capabilities;
using MultiModal.Diffusion.Safety.Keras;
using MultiModal.Images;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Sessions;

namespace MultiModal.Diffusion.Safety;

/// <summary>
/// The classifier of the npm package nsfwjs (MIT): a MobileNetV2 that tells drawings, hentai, neutral pictures, pornography and light clothing apart. Its own
/// files are read and become one of our graphs. A picture takes some tens of milliseconds on a processor. Safe for concurrent use.
/// </summary>
public sealed class NsfwClassifier : IImageCensor, IAsyncDisposable
{
    readonly NetworkSession session;
    readonly NsfwClassifierOptions options;
    readonly int height, width;

    NsfwClassifier(NetworkSession session, NsfwClassifierOptions options, int height, int width) =>
        (this.session, this.options, this.height, this.width) = (session, options, height, width);

    /// <summary>The classes, in the order of the network's results.</summary>
    public static IReadOnlyList<string> Classes { get; } = ["Drawing", "Hentai", "Neutral", "Porn", "Sexy"];

    /// <summary>Loads the classifier.</summary>
    /// <param name="folder">The folder with model.json or model.min.js and its weights: node_modules/nsfwjs/dist/models/mobilenet_v2 after `npm install nsfwjs`.</param>
    /// <param name="options">Thresholds and device; null for the defaults.</param>
    /// <param name="cancellationToken">Stops loading; nothing stays behind.</param>
    /// <exception cref="InvalidFileException">A file is missing or damaged, or the network is of a kind that is not known here.</exception>
    /// <exception cref="ArgumentException">The threshold is not between 0 and 1, or a class is unknown.</exception>
    public static async Task<NsfwClassifier> LoadAsync(string folder, NsfwClassifierOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new();
        if (options.Threshold is not (>= 0 and <= 1)) throw new ArgumentException("NsfwClassifierOptions.Threshold lies between 0 and 1.", nameof(options));
        if (options.Unsafe.Except(Classes).FirstOrDefault() is { } unknown) throw new ArgumentException($"There is no class '{unknown}', only {string.Join(", ", Classes)}.", nameof(options));
        var model = await LayersModel.LoadAsync(folder, cancellationToken).ConfigureAwait(false);
        var (graph, height, width, classes) = Build(model);
        if (classes != Classes.Count) throw new InvalidFileException(model.File, $"the network tells {classes} classes apart; {Classes.Count} are expected.");
        var session = await Task.Run(
            () => NetworkSession.CreateAsync(OnnxWriter.Write(graph.Optimise()), options.Runtime, "nsfw classifier", null, cancellationToken), cancellationToken).ConfigureAwait(false);
        return new(session, options, height, width);
    }

    /// <summary>The probability of each of <see cref="Classes"/>, summing to 1.</summary>
    /// <param name="image">Any picture; transparency is laid over white.</param>
    /// <param name="cancellationToken">Stops the run in flight.</param>
    public Task<IReadOnlyList<float>> ClassifyAsync(ImageBuffer image, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Task.Run<IReadOnlyList<float>>(
            () =>
            {
                // As the package's own program does: the whole picture, not a part of it, drawn into a square by straight interpolation.
                var fitted = image.Over(255, 255, 255).Resize(width, height, ResizeFilter.Bilinear);
                return Run(fitted.Pixels, 1, cancellationToken).Floats.ToArray();
            },
            cancellationToken);
    }

    /// <summary>Judges a picture: <see cref="ContentVerdict.Block"/> from the threshold on, <see cref="ContentVerdict.Review"/> from half of it on.</summary>
    /// <inheritdoc/>
    public async Task<ContentJudgement> CensorAsync(ImageBuffer image, CancellationToken cancellationToken = default) =>
        Judge(await ClassifyAsync(image, cancellationToken).ConfigureAwait(false));

    /// <summary>Frees the network once the runs under way have ended.</summary>
    public ValueTask DisposeAsync() => session.DisposeAsync();

    internal ContentJudgement Judge(IReadOnlyList<float> probabilities)
    {
        // Together: a picture that is half of one unsafe class and half of another is no safer for it.
        var score = Classes.Zip(probabilities).Where(p => options.Unsafe.Contains(p.First)).Sum(p => (double)p.Second);
        var verdict = score >= options.Threshold ? ContentVerdict.Block : score >= options.Threshold / 2 ? ContentVerdict.Review : ContentVerdict.Pass;
        if (verdict == ContentVerdict.Pass) return ContentJudgement.Passed;
        var told = string.Join(", ", Classes.Zip(probabilities).OrderByDescending(p => p.Second).Select(p => FormattableString.Invariant($"{p.First} {p.Second:F2}")));
        return new(verdict, [new(ContentCategories.Sexual, Math.Min(1, score)) { Message = told }]);
    }

    /// <summary>Runs the network on pictures of its own size: RGB, rows, one after the other.</summary>
    internal TensorData Run(ReadOnlySpan<byte> pixels, int count, CancellationToken cancellationToken)
    {
        var values = new float[count * height * width * 3];
        for (var i = 0; i < values.Length; i++) values[i] = pixels[i] / 255f;
        return session.Run(new Dictionary<string, TensorData> { ["pixels"] = TensorData.Of(values, count, height, width, 3) }, cancellationToken: cancellationToken)["probabilities"];
    }

    static (Graph Graph, int Height, int Width, int Classes) Build(LayersModel model)
    {
        try
        {
            return LayersNetwork.Build(model);
        }
        catch (Exception error) when (error is InvalidOperationException or NullReferenceException or KeyNotFoundException or ArithmeticException or ArgumentException or IndexOutOfRangeException)
        {
            throw new InvalidFileException(model.File, "its layers are not described as Keras describes them.", innerException: error);
        }
    }
}
