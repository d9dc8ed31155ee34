using System.Globalization;
using System.Text;
using MultiModal.Images;

namespace MultiModal.Diffusion.Training.Data;

/// <summary>Pictures in a folder with captions in files beside them ("fox.png", "fox.txt"), checked before anything is trained on them.</summary>
/// <remarks>A caption's file may have several lines: each visit of the picture draws one. Subfolders are read too, and everything is in the order of its path, so that the same folder is the same data set on every machine.</remarks>
public sealed class ImageDataset
{
    const long LongestCaption = 1 << 16;
    static readonly string[] PictureExtensions = [".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".avif"];
    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    readonly ImageDatasetOptions options;

    ImageDataset(string folder, ImageDatasetOptions options, IReadOnlyList<TrainingImage> images, IReadOnlyList<DatasetProblem> problems)
    {
        this.options = options;
        FolderName = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        Images = images;
        Problems = problems;
    }

    /// <summary>The name of the folder, without its path.</summary>
    public string FolderName { get; }

    /// <summary>The side of the square whose area pictures are trained at.</summary>
    public int Resolution => options.Resolution;

    internal bool HasBuckets => options.Buckets;

    /// <summary>The pictures that can be trained on, in the order of their paths.</summary>
    public IReadOnlyList<TrainingImage> Images { get; }

    /// <summary>What was found wrong, file by file: warnings, and the errors of files that were left out.</summary>
    public IReadOnlyList<DatasetProblem> Problems { get; }

    /// <summary>Reads every picture of a folder once and checks it.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">How it is read; null for the defaults.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="InvalidDatasetException">Files cannot be trained on (unreadable, too small, no caption), or there is none at all. The message lists each.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static async Task<ImageDataset> OpenAsync(string folder, ImageDatasetOptions? options = null, CancellationToken cancellationToken = default)
    {
        var dataset = await CheckAsync(folder, options, cancellationToken).ConfigureAwait(false);
        var fatal = dataset.Images.Count == 0 || (!dataset.options.SkipBadFiles && dataset.Problems.Any(p => p.IsError));
        return fatal ? throw new InvalidDatasetException(folder, dataset.Problems) : dataset;
    }

    /// <summary>The same without an error: what cannot be trained on is in <see cref="Problems"/>.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    public static async Task<ImageDataset> CheckAsync(string folder, ImageDatasetOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new();
        var buckets = options.MakeBuckets();
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"There is no folder {folder}.");
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(f => PictureExtensions.Contains(Path.GetExtension(f).ToLowerInvariant())).Order(StringComparer.Ordinal).ToArray();
        var results = new (TrainingImage? Image, DatasetProblem? Problem)[files.Length];
        await Parallel.ForAsync(0, files.Length, cancellationToken, async (i, stop) =>
            results[i] = await ReadAsync(folder, files[i], options, buckets, stop).ConfigureAwait(false)).ConfigureAwait(false);
        List<DatasetProblem> problems = [.. results.Select(r => r.Problem).OfType<DatasetProblem>()];
        if (files.Length == 0) problems.Add(new(folder, "There are no pictures in it.", "Put PNG files there, each with a .txt of the same name that says what it shows.", true));
        return new(folder, options, [.. results.Select(r => r.Image).OfType<TrainingImage>()], problems);
    }

    /// <summary>Loads a picture at the size of its bucket.</summary>
    /// <param name="index">Which of <see cref="Images"/>.</param>
    /// <param name="cropX">Where it is cut along x, 0 (left) to 1 (right); 0.5 is the middle.</param>
    /// <param name="cropY">The same along y.</param>
    /// <param name="cancellationToken">Stops loading.</param>
    /// <returns>RGB of the bucket's size.</returns>
    /// <exception cref="InvalidFileException">The file has changed since it was checked and can no longer be read.</exception>
    public async Task<ImageBuffer> LoadAsync(int index, float cropX = 0.5f, float cropY = 0.5f, CancellationToken cancellationToken = default)
    {
        var image = Images[index];
        var codec = CodecFor(options, image.Path)!;
        var picture = await codec.LoadAsync(image.Path, cancellationToken).ConfigureAwait(false);
        var (red, green, blue) = options.Background;
        picture = picture.Over(red, green, blue);
        var place = image.Placement;
        if (picture.Width != image.Width || picture.Height != image.Height)
            throw new InvalidFileException(image.Path, $"The picture was {image.Width}x{image.Height} when the data set was checked and is {picture.Width}x{picture.Height} now.");
        picture = picture.Resize(place.ScaledWidth, place.ScaledHeight);
        var (x, y) = ((int)((place.ScaledWidth - place.Width) * cropX), (int)((place.ScaledHeight - place.Height) * cropY));
        return picture.Crop(x, y, place.Width, place.Height);
    }

    static IImageCodec? CodecFor(ImageDatasetOptions options, string file) =>
        options.Codecs.FirstOrDefault(c => c.FileExtensions.Contains(Path.GetExtension(file).ToLowerInvariant()));

    static async ValueTask<(TrainingImage?, DatasetProblem?)> ReadAsync(string root, string file, ImageDatasetOptions options, AspectBuckets buckets, CancellationToken cancellationToken)
    {
        if (CodecFor(options, file) is not { } codec)
            return (null, new(file, "Nothing here reads pictures of this format.", "Convert it to PNG, or give a codec for it in Codecs.", true));
        ImageBuffer picture;
        try
        {
            picture = await codec.LoadAsync(file, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidFileException e)
        {
            return (null, new(file, $"It cannot be read: {e.Problem}", "Save it again, or remove it.", true));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, new(file, $"It cannot be read: {e.Message}", "Make it readable, or remove it.", true));
        }

        if (Math.Min(picture.Width, picture.Height) < options.MinimumSide)
            return (null, new(file, $"It is {picture.Width}x{picture.Height}; the shorter side must have {options.MinimumSide} pixels.", "Use a larger picture.", true));
        var (repeats, named) = options.RepeatsInFolderNames ? RepeatsOf(root, file) : (1, null);
        IReadOnlyList<string> captions;
        try
        {
            captions = await CaptionsAsync(file, options, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidFileException e)
        {
            return (null, new(e.File, e.Problem, "Save it as UTF-8 text.", true));
        }

        if (captions.Count == 0 && (options.DefaultCaption ?? named) is { } caption) captions = [caption];
        if (captions.Count == 0)
            return (null, new(file, "It has no caption.", $"Write what it shows into {Path.GetFileNameWithoutExtension(file)}{(options.CaptionExtensions is [var first, ..] ? first : ".txt")} beside it, or set DefaultCaption.", true));
        var place = buckets.Place(picture.Width, picture.Height);
        var small = place.ScaledWidth > 2 * picture.Width || place.ScaledHeight > 2 * picture.Height;
        return (
            new(file, captions, picture.Width, picture.Height, repeats, place),
            small ? new(file, $"It is {picture.Width}x{picture.Height} and is enlarged to {place.ScaledWidth}x{place.ScaledHeight}.", "A larger picture teaches more.", false) : null);
    }

    /// <summary>The lines of the caption's file; none where there is no file, or nothing in it.</summary>
    static async Task<IReadOnlyList<string>> CaptionsAsync(string picture, ImageDatasetOptions options, CancellationToken cancellationToken)
    {
        foreach (var extension in options.CaptionExtensions)
        {
            var path = Path.ChangeExtension(picture, extension);
            if (!File.Exists(path)) continue;
            if (new FileInfo(path).Length > LongestCaption) throw new InvalidFileException(path, "The caption is longer than 64 kB.");
            try
            {
                var text = Strict.GetString(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false)).TrimStart('\uFEFF');
                var lines = text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                if (lines.Length > 0) return lines;
            }
            catch (DecoderFallbackException e)
            {
                throw new InvalidFileException(path, "The caption is not UTF-8 text.", innerException: e);
            }
        }

        return [];
    }

    /// <summary>"12_sks dog" is 12 visits of "sks dog"; only folders inside the data set, and itself, count.</summary>
    static (int Repeats, string? Name) RepeatsOf(string root, string file)
    {
        var name = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(file)) ?? root);
        var bar = name.IndexOf('_', StringComparison.Ordinal);
        return bar > 0 && int.TryParse(name.AsSpan(0, bar), NumberStyles.None, CultureInfo.InvariantCulture, out var repeats) && repeats is >= 1 and <= 10000
            ? (repeats, name.Length > bar + 1 ? name[(bar + 1)..] : null) : (1, null);
    }
}
