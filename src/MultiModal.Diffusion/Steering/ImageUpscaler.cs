using System.Globalization;
using System.Text.RegularExpressions;
using MultiModal.Diffusion.Networks;
using MultiModal.Images;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Steering;

/// <summary>
/// A network that enlarges pictures and adds what they may have looked like: ESRGAN and Real-ESRGAN files (.pth, .safetensors), of the first and
/// of today's naming, for 1, 2 and 4 times, dense or compact. Safe for concurrent use.
/// </summary>
public sealed partial class ImageUpscaler : IAsyncDisposable
{
    /// <summary>Pixels along a tile's side, and around it for context, that are thrown away afterwards.</summary>
    const int Tile = 256, Margin = 16;

    readonly UpscalerConfig config;
    readonly NetworkSession session;

    ImageUpscaler(string name, UpscalerConfig config, NetworkSession session) => (Name, this.config, this.session) = (name, config, session);

    /// <summary>The file's name without its ending.</summary>
    public string Name { get; }

    /// <summary>How many times larger pictures become.</summary>
    public int Scale => config.Scale;

    /// <summary>Loads one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="runtime">Where and how it runs; null for the defaults.</param>
    /// <param name="cancellationToken">Stops loading; nothing stays behind.</param>
    /// <exception cref="InvalidFileException">The file is missing, damaged, or of another network.</exception>
    /// <exception cref="WeightMismatchException">The weights are not those of the network their names tell.</exception>
    public static async Task<ImageUpscaler> LoadAsync(string path, RuntimeOptions? runtime = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path)) throw new InvalidFileException(path, "there is no such file.", remedy: "Give the file of an ESRGAN or Real-ESRGAN model.");
        return await Task.Run(() => CompileAsync(path, runtime ?? new(), cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Enlarges a picture by <see cref="Scale"/>, in tiles where it is large. Alpha is enlarged by itself.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="cancellationToken">Stops within a tile.</param>
    public Task<ImageBuffer> UpscaleAsync(ImageBuffer image, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Task.Run(() => Upscale(image, cancellationToken), cancellationToken);
    }

    /// <summary>Enlarges a picture to a size: by the network as often as it takes (three times at most), then by Lanczos to fit.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="width">Columns of the result.</param>
    /// <param name="height">Rows of the result.</param>
    /// <param name="cancellationToken">Stops within a tile.</param>
    public async Task<ImageBuffer> UpscaleAsync(ImageBuffer image, int width, int height, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);

        // At least once: a network of 1 times, or a smaller size, is asked for what it adds.
        for (var i = 0; i < 3 && (i == 0 || ((image.Width < width || image.Height < height) && Scale > 1)); i++)
            image = await UpscaleAsync(image, cancellationToken).ConfigureAwait(false);
        return (image.Width, image.Height) == (width, height) ? image : image.Resize(width, height);
    }

    /// <summary>Frees the network once the runs under way have ended.</summary>
    public ValueTask DisposeAsync() => session.DisposeAsync();

    ImageBuffer Upscale(ImageBuffer image, CancellationToken cancellationToken)
    {
        var rgb = image.WithChannels(3);
        var result = new ImageBuffer(image.Width * Scale, image.Height * Scale);
        for (var top = 0; top < image.Height; top += Tile)
            for (var left = 0; left < image.Width; left += Tile)
                UpscaleTile(rgb, result, top, left, cancellationToken);
        if (!image.HasAlpha) return (image.Channels == 1 ? result.WithChannels(1) : result).WithText(image.Text);

        var alpha = new ImageBuffer(image.Width, image.Height, 1);
        for (var i = 0; i < alpha.Pixels.Length; i++) alpha.Pixels[i] = image.Pixels[(i * 4) + 3];
        alpha = alpha.Resize(result.Width, result.Height);
        var whole = result.WithChannels(4);
        for (var i = 0; i < alpha.Pixels.Length; i++) whole.Pixels[(i * 4) + 3] = alpha.Pixels[i];
        return whole.WithText(image.Text);
    }

    void UpscaleTile(ImageBuffer image, ImageBuffer result, int top, int left, CancellationToken cancellationToken)
    {
        // What lies around the tile is seen as well; beyond the picture its edge goes on, up to a multiple of the fold.
        var (fromY, fromX) = (Math.Max(0, top - Margin), Math.Max(0, left - Margin));
        var (toY, toX) = (Math.Min(image.Height, top + Tile + Margin), Math.Min(image.Width, left + Tile + Margin));
        var (rows, columns) = (RoundUp(toY - fromY), RoundUp(toX - fromX));
        var input = new float[3 * rows * columns];
        for (var y = 0; y < rows; y++)
        {
            var row = image.Row(Math.Min(fromY + y, image.Height - 1));
            for (var x = 0; x < columns; x++)
                for (var c = 0; c < 3; c++) input[(((c * rows) + y) * columns) + x] = row[(Math.Min(fromX + x, image.Width - 1) * 3) + c] / 255f;
        }

        var output = session.Run(
            new Dictionary<string, TensorData> { ["image"] = TensorData.Of(input, 1, 3, rows, columns) }, cancellationToken: cancellationToken)["enlarged"].Floats;
        var (outRows, outColumns) = (rows * Scale, columns * Scale);
        for (var y = top * Scale; y < Math.Min(top + Tile, image.Height) * Scale; y++)
        {
            var row = result.Row(y);
            for (var x = left * Scale; x < Math.Min(left + Tile, image.Width) * Scale; x++)
                for (var c = 0; c < 3; c++)
                    row[(x * 3) + c] = (byte)Math.Clamp(MathF.Round(output[(((c * outRows) + y - (fromY * Scale)) * outColumns) + x - (fromX * Scale)] * 255), 0, 255);
        }
    }

    int RoundUp(int length) => (length + config.Fold - 1) / config.Fold * config.Fold;

    static async Task<ImageUpscaler> CompileAsync(string path, RuntimeOptions runtime, CancellationToken cancellationToken)
    {
        using var weights = InTodaysNames(Unwrapped(WeightFiles.Open(path)));
        var config = ConfigOf(weights);
        var graph = new Graph();
        var image = graph.Input("image", DType.Float32, "batch", 3, Dim.Symbol("height") * config.Fold, Dim.Symbol("width") * config.Fold);
        graph.Output("enlarged", Upscaler.Forward(graph.Root, config, image));
        WeightMatching.Check(weights, graph.Parameters.Select(p => (p.Key, (IReadOnlyList<long>)p.Value.Shape.ToLongs())));
        var name = Path.GetFileNameWithoutExtension(path);
        return new(name, config, await NetworkSession.CreateAsync(OnnxWriter.Write(graph.Optimise(), weights), runtime, name, null, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Training programs wrap the weights: those averaged over training are the ones to take.</summary>
    static IWeightSource Unwrapped(IWeightSource weights)
    {
        foreach (var prefix in (string[])["params_ema.", "params.", "state_dict.", "model."])
            if (weights.Names.Any(n => n.StartsWith(prefix, StringComparison.Ordinal) && n.EndsWith(".weight", StringComparison.Ordinal)) && weights.Find("model.0.weight") is null)
                return weights.Under(prefix);
        return weights;
    }

    /// <summary>The first files number their layers: model.0, model.1.sub.N, model.3 and so on.</summary>
    static IWeightSource InTodaysNames(IWeightSource weights)
    {
        if (weights.Find("model.0.weight") is null) return weights;
        var last = weights.Names.Select(n => Sub().Match(n)).Where(m => m.Success).Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)).DefaultIfEmpty(-1).Max();
        var map = new WeightMap().Rename("model.0.{kind*}", "conv_first.{kind*}").Rename($"model.1.sub.{last}.{{kind*}}", "conv_body.{kind*}")
            .Rename("model.1.sub.{i}.RDB{j}.conv{k}.0.{kind*}", "body.{i}.rdb{j}.conv{k}.{kind*}");

        // After the blocks come a convolution for each doubling (with a step between), one at the full size, and the last.
        var rest = weights.Names.Select(n => Outer().Match(n)).Where(m => m.Success).Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)).Where(i => i > 1).Order().ToList();
        for (var i = 0; i < rest.Count; i++)
            map.Rename($"model.{rest[i]}.{{kind*}}", (i == rest.Count - 1 ? "conv_last" : i == rest.Count - 2 ? "conv_hr" : $"conv_up{i + 1}") + ".{kind*}");
        return map.Apply(weights);
    }

    static UpscalerConfig ConfigOf(IWeightSource weights)
    {
        var blocks = weights.Names.Select(n => Body().Match(n)).Where(m => m.Success).Select(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)).DefaultIfEmpty(-1).Max();
        if (weights.Find("conv_first.weight") is { Dimensions: [var channels, var inputs, 3, 3] }
            && weights.Find("body.0.rdb1.conv1.weight") is { Dimensions: [var growth, _, 3, 3] } && inputs is 3 or 12 or 48 && channels <= 4096 && growth <= 4096 && blocks < 1024)
            return new()
            {
                Blocks = blocks + 1, Channels = (int)channels, Growth = (int)growth, Fold = inputs switch { 3 => 1, 12 => 2, _ => 4 },
                Doublings = weights.Find("conv_up2.weight") is not null ? 2 : weights.Find("conv_up1.weight") is not null ? 1 : 0,
            };
        if (weights.Find("body.0.weight") is { Dimensions: [var width, 3, 3, 3] } && blocks is > 1 and < 1024 && width <= 4096
            && weights.Find($"body.{blocks}.weight") is { Dimensions: [var last, _, 3, 3] } && last is 3 or 12 or 27 or 48)
            return new() { IsCompact = true, Blocks = (blocks - 2) / 2, Channels = (int)width, CompactScale = last switch { 3 => 1, 12 => 2, 27 => 3, _ => 4 } };
        throw new InvalidFileException(
            weights.Name, "it is of no network that enlarges pictures known here (ESRGAN, Real-ESRGAN).", weights.Names.FirstOrDefault() is { } first ? $"tensor '{first}'" : null,
            "Files of other architectures (SwinIR, HAT, DAT) are not supported.");
    }

    [GeneratedRegex(@"^body\.(\d{1,6})\.")]
    private static partial Regex Body();

    [GeneratedRegex(@"^model\.1\.sub\.(\d{1,6})\.weight\z")]
    private static partial Regex Sub();

    [GeneratedRegex(@"^model\.(\d{1,6})\.weight\z")]
    private static partial Regex Outer();
}
