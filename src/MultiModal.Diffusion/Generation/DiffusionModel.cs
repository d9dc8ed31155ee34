using System.Runtime.CompilerServices;
using System.Threading.Channels;
using MultiModal.Capabilities;
using MultiModal.Diffusion.Adapters;
using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Safety;
using MultiModal.Images;

namespace MultiModal.Diffusion.Generation;

/// <summary>A Stable Diffusion model, loaded and ready. Safe for concurrent calls: requests share the weights and nothing else.</summary>
public sealed class DiffusionModel : IImageGenerator, IStreamingImageGenerator, IImageEditor, IAsyncDisposable
{
    readonly DiffusionNetworks networks;
    readonly ImageGenerator generator;
    readonly PictureGuard? guard;
    readonly ImageRequest defaults;

    DiffusionModel(DiffusionNetworks networks, ImageGenerator generator, DiffusionModelInfo info, PictureGuard? guard, ImageRequest defaults)
    {
        this.guard = guard;
        this.defaults = defaults;
        this.networks = networks;
        this.generator = generator;
        Info = info;
    }

    /// <summary>Facts about the model.</summary>
    public DiffusionModelInfo Info { get; }

    /// <summary>Loads a model.</summary>
    /// <param name="path">
    /// A folder as diffusers saves it, with model_index.json; or a single file (.safetensors, .ckpt) of Stable Diffusion 1, 2, XL or its refiner, also
    /// for inpainting and pix2pix. Files are recognised by what is in them.
    /// </param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="progress">Told what is being loaded.</param>
    /// <param name="cancellationToken">Stops loading; nothing stays behind.</param>
    /// <exception cref="InvalidFileException">A file is missing, damaged or holds something else, or there is no tokenizer for a single file.</exception>
    /// <exception cref="MultiModal.Runtime.Downloads.DownloadException">The tokenizer could not be downloaded.</exception>
    /// <exception cref="MultiModal.Runtime.Weights.WeightMismatchException">The weights are not those of the architecture the configuration describes.</exception>
    public static async Task<DiffusionModel> LoadAsync(
        string path, DiffusionModelOptions? options = null, IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new();
        var files = await ModelFiles.OpenAsync(path, options, cancellationToken).ConfigureAwait(false);
        var networks = await Task.Run(() => DiffusionNetworks.LoadAsync(files, options, progress, cancellationToken), cancellationToken).ConfigureAwait(false);
        if (!files.SaysPrediction) files.SettlePrediction(await Task.Run(() => networks.ProbePrediction(cancellationToken), cancellationToken).ConfigureAwait(false));
        var info = new DiffusionModelInfo(
            files.Name, files.Family, files.UNet.SampleSize * files.Vae.Factor, files.Vae.Factor, files.Scheduler.PredictionType, files.Scheduler.ClassName) { Memory = networks.Mode };
        var guard = await LoadGuardAsync(options, networks, cancellationToken).ConfigureAwait(false);
        return new(networks, new(files, networks, options, info, guard), info, guard, options.Defaults);
    }

    /// <summary>The model as passes of other models' requests use it.</summary>
    internal PassModel Part => generator.Part;

    /// <summary>What the networks run on, and what was tried to get there.</summary>
    public string Describe() => networks.Describe();

    /// <summary>Makes pictures.</summary>
    /// <param name="request">What to draw, and how.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellationToken">Stops within a step.</param>
    /// <returns>As many pictures as asked for.</returns>
    /// <exception cref="ArgumentException">The request has a value out of its range, or asks for what the model has not.</exception>
    /// <exception cref="NotSupportedException">The model's UNet takes inputs that are not supported.</exception>
    /// <exception cref="MultiModal.Runtime.Sessions.DeviceMemoryException">There was not enough memory; the message names the mode to try. The model can go on being used.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task<IReadOnlyList<GeneratedImage>> GenerateAsync(
        ImageRequest request, IProgress<DiffusionProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return GenerateAsync(request, update =>
        {
            if (update is DiffusionUpdate.Stepped stepped) progress?.Report(stepped.Progress);
        }, cancellationToken);
    }

    /// <summary>Makes pictures and tells how they come about.</summary>
    /// <param name="request">What to draw, and how; its <see cref="ImageRequest.PreviewEvery"/> says how often there is a preview.</param>
    /// <param name="cancellationToken">Stops within a step. Leaving the loop does the same.</param>
    /// <returns>Steps and previews as they come; always ends with <see cref="DiffusionUpdate.Completed"/>.</returns>
    /// <exception cref="ArgumentException">The request has a value out of its range, or asks for what the model has not.</exception>
    /// <exception cref="NotSupportedException">The model's UNet takes inputs that are not supported.</exception>
    /// <exception cref="MultiModal.Runtime.Sessions.DeviceMemoryException">There was not enough memory; the message names the mode to try. The model can go on being used.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async IAsyncEnumerable<DiffusionUpdate> GenerateStreamingAsync(
        ImageRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var updates = Channel.CreateUnbounded<DiffusionUpdate>(new() { SingleReader = true, SingleWriter = true });
        var work = Task.Run(async () =>
        {
            try
            {
                var images = await GenerateAsync(request, u => updates.Writer.TryWrite(u), stop.Token).ConfigureAwait(false);
                updates.Writer.TryWrite(new DiffusionUpdate.Completed(images));
                updates.Writer.Complete();
            }
            catch (Exception e)
            {
                // The reader gets it, after what was written before.
                updates.Writer.Complete(e);
            }
        }, CancellationToken.None);
        try
        {
            await foreach (var update in updates.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false)) yield return update;
        }
        finally
        {
            // The caller may have left early: nothing of the request runs on once this is over.
            await stop.CancelAsync().ConfigureAwait(false);
            await work.ConfigureAwait(false);
        }
    }

    /// <summary>How long a prompt is for this model's tokenizer, read in A1111's syntax, at the step where it is longest.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="steps">Sampling steps, which schedules in the prompt count. Default 25.</param>
    public Text.Prompts.TokenCount CountTokens(string prompt, int steps = 25)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        return generator.Count(prompt, steps);
    }

    /// <summary>Tells what of an adapter has a place in this model, without merging it.</summary>
    /// <param name="lora">The adapter.</param>
    /// <returns>The layers it changes by component, and the tensors that have no place. A request is refused only where there are no layers at all.</returns>
    public LoraMatch Match(LoraWeights lora)
    {
        ArgumentNullException.ThrowIfNull(lora);
        return generator.Match(lora);
    }

    /// <summary>
    /// Writes several adapters, with their weights, as one LoRA that does the same to this model at weight 1, under kohya's names. Plain low-rank
    /// changes stay of low rank (ranks add up); of all others the difference they make is written in full.
    /// </summary>
    /// <param name="loras">The adapters.</param>
    /// <param name="path">The .safetensors file. An existing one is replaced, and only when the new one is whole.</param>
    /// <param name="half">Whether numbers are float16, as is usual; otherwise float32. Default true.</param>
    /// <param name="cancellationToken">Stops it; the file is then as it was.</param>
    /// <exception cref="ArgumentException">The adapters change nothing.</exception>
    /// <exception cref="InvalidFileException">An adapter's tensors make no change of the layer they are for.</exception>
    /// <exception cref="MultiModal.Runtime.Weights.WeightMismatchException">Nothing of an adapter has a place in the model.</exception>
    public Task SaveFusedLoraAsync(IReadOnlyList<LoraUse> loras, string path, bool half = true, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(loras);
        ArgumentException.ThrowIfNullOrEmpty(path);
        return generator.SaveFusedAsync(loras, path, half, cancellationToken);
    }

    /// <summary>Writes this model with adapters merged into it, as one .safetensors file in the original layout. The model in memory is not changed.</summary>
    /// <param name="loras">The adapters.</param>
    /// <param name="path">The file. An existing one is replaced, and only when the new one is whole.</param>
    /// <param name="cancellationToken">Stops it; the file is then as it was.</param>
    /// <inheritdoc cref="SaveFusedLoraAsync" path="/exception"/>
    public Task SaveMergedAsync(IReadOnlyList<LoraUse> loras, string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(loras);
        ArgumentException.ThrowIfNullOrEmpty(path);
        return generator.SaveMergedAsync(loras, path, cancellationToken);
    }

    /// <summary>Frees the model. Runs under way end first.</summary>
    public async ValueTask DisposeAsync()
    {
        await networks.DisposeAsync().ConfigureAwait(false);
        if (guard is not null) await guard.DisposeAsync().ConfigureAwait(false);
    }

    Task<ImageGenerationResult> IImageGenerator.GenerateAsync(ImageGenerationRequest request, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return AnswerAsync(CapabilityRequests.ToDraw(defaults, request), progress, cancellationToken);
    }

    Task<ImageGenerationResult> IImageEditor.EditAsync(ImageBuffer image, ImageEditRequest request, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(request);
        return AnswerAsync(CapabilityRequests.ToEdit(defaults, image, request), progress, cancellationToken);
    }

    async IAsyncEnumerable<ImageGenerationUpdate> IStreamingImageGenerator.GenerateStreamingAsync(
        ImageGenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        await foreach (var update in GenerateStreamingAsync(CapabilityRequests.ToDraw(defaults, request), cancellationToken).ConfigureAwait(false))
        {
            yield return update switch
            {
                DiffusionUpdate.Stepped { Progress: var step } => new ImageGenerationUpdate.Progress(step.Step / (double)step.Steps),
                DiffusionUpdate.Preview { Images: var images } => new ImageGenerationUpdate.Preview(images),
                DiffusionUpdate.Completed { Images: var images } => new ImageGenerationUpdate.Completed(Answer(images)),
                _ => throw new InvalidOperationException($"There is no such update: {update}."),
            };
        }
    }

    async Task<ImageGenerationResult> AnswerAsync(ImageRequest request, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var images = await GenerateAsync(request, progress is null ? null : new FractionOfSteps(progress), cancellationToken).ConfigureAwait(false);
        return Answer(images);
    }

    ImageGenerationResult Answer(IReadOnlyList<GeneratedImage> images) => new([.. images.Select(static image => image.Image)]) { Seed = images[0].Seed, Model = Info.Name };

    /// <summary>Carries a request out; where memory runs out, the error says what to try.</summary>
    async Task<IReadOnlyList<GeneratedImage>> GenerateAsync(ImageRequest request, Action<DiffusionUpdate> report, CancellationToken cancellationToken)
    {
        try
        {
            return await generator.GenerateAsync(request, report, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is Runtime.Sessions.DeviceMemoryException or OutOfMemoryException)
        {
            throw MemoryChoice.Explain(Info.Memory, e);
        }
    }

    /// <summary>Loads the safety checker, if there is to be one; the networks go where it cannot.</summary>
    static async Task<PictureGuard?> LoadGuardAsync(DiffusionModelOptions options, DiffusionNetworks networks, CancellationToken cancellationToken)
    {
        if (options.SafetyChecker is null) return null;
        try
        {
            var checker = await SafetyChecker.LoadAsync(options.SafetyChecker, options.Runtime, cancellationToken).ConfigureAwait(false);
            return new(checker, options.UnsafePictures, options.SafetyStrictness);
        }
        catch
        {
            await networks.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
