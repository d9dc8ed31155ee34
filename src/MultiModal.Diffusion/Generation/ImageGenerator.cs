using System.Diagnostics;
using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Schedulers;
using MultiModal.Images;

namespace MultiModal.Diffusion.Generation;

/// <summary>Carries out requests on a model's networks.</summary>
sealed class ImageGenerator(DiffusersFolder folder, DiffusionNetworks networks, DiffusionModelOptions options, DiffusionModelInfo info)
{
    readonly PromptEncoder prompts = new(folder, networks);
    readonly TiledDecoder decoder = new(networks, folder.Vae.LatentChannels, folder.Vae.Factor, folder.Vae.ScalingFactor, folder.Vae.ShiftFactor);

    public Task<IReadOnlyList<GeneratedImage>> GenerateAsync(ImageRequest request, Action<DiffusionUpdate> report, CancellationToken cancellationToken)
    {
        request.Validate();
        var (width, height) = (Size(request.Width, nameof(request.Width)), Size(request.Height, nameof(request.Height)));
        var scheduler = SchedulerFor(request);
        var seed = request.Seed ?? Random.Shared.NextInt64(1L << 32);
        long[] seeds = [.. Enumerable.Range(0, request.Count).Select(i => unchecked(seed + i))];

        // From here on it is work for the processor: off the caller's thread, once.
        return Task.Run(() => GenerateAsync(request, scheduler, seeds, width, height, report, cancellationToken), cancellationToken);
    }

    async Task<IReadOnlyList<GeneratedImage>> GenerateAsync(
        ImageRequest request, IScheduler scheduler, long[] seeds, int width, int height, Action<DiffusionUpdate> report, CancellationToken cancellationToken)
    {
        var shape = new LatentShape(seeds.Length, folder.Vae.LatentChannels, height / folder.Vae.Factor, width / folder.Vae.Factor);
        var guided = request.Guidance > 1;
        var (positive, negative) = prompts.Encode(request.Prompt, request.NegativePrompt, cancellationToken);
        var unet = await networks.UNetForAsync(shape.Height, shape.Width, cancellationToken).ConfigureAwait(false);
        var denoiser = new Denoiser(
            unet, shape, positive, guided ? negative : null, folder.UNet.AdditionTimeSize is null ? null : [height, width, 0, 0, height, width],
            request.Guidance, options.BatchGuidance ?? !networks.OnCpu);

        var schedule = scheduler.Plan(request.Steps);
        var noise = new SeededNoise(seeds);
        var latents = new float[shape.Count];
        noise.Draw(latents, shape);
        System.Numerics.Tensors.TensorPrimitives.Multiply(latents, schedule.InitialNoiseScale, latents);
        var clock = Stopwatch.StartNew();

        // A sampler may call the model more often than there are steps: PNDM once more, Heun twice a step.
        var (step, steps) = (0, (schedule.Calls + schedule.CallsPerStep - 1) / schedule.CallsPerStep);
        SamplingLoop.Run(
            schedule, shape, latents, noise, request.Sampler, (input, timestep, output) => denoiser.Predict(input, timestep, output, cancellationToken),
            run =>
            {
                if (!run.IsStepComplete) return;
                report(new DiffusionUpdate.Stepped(new(++step, steps, clock.Elapsed)));
                if (request.PreviewEvery > 0 && step % request.PreviewEvery == 0 && !run.IsDone)
                    report(new DiffusionUpdate.Preview(step, [.. Enumerable.Range(0, seeds.Length).Select(i => Preview(run.Denoised, shape, i, width, height))]));
            },
            cancellationToken);

        var tiled = (long)width * height > options.TileDecodingAbove;
        var images = new List<GeneratedImage>();
        for (var i = 0; i < seeds.Length; i++)
        {
            var pixels = decoder.Decode(latents.AsSpan(i * shape.PerImage, shape.PerImage), shape.Height, shape.Width, tiled, cancellationToken);
            var text = GenerationText.Write(request, scheduler.Name, seeds[i], width, height, info.Name);
            images.Add(new(ToImage(pixels, width, height).WithText(new Dictionary<string, string> { [GenerationText.Key] = text }), seeds[i]));
        }

        return images;
    }

    IScheduler SchedulerFor(ImageRequest request)
    {
        if (request.Scheduler is { } unknown && !Scheduler.ClassNames.Contains(unknown))
            throw new ArgumentException($"The scheduler '{unknown}' is not known. Known are {string.Join(", ", Scheduler.ClassNames)}.", nameof(request));
        var own = Scheduler.ClassNames.Contains(folder.Scheduler.ClassName) ? folder.Scheduler.ClassName : "DDIMScheduler";
        var config = folder.Scheduler.For(request.Scheduler ?? own);
        if (request.KarrasSigmas is { } karras) config = config with { UseKarrasSigmas = karras };
        return Scheduler.Of(config);
    }

    int Size(int? asked, string name)
    {
        var size = asked ?? info.NativeSize;
        if (size < info.SizeMultiple || size > 1 << 14 || size % info.SizeMultiple != 0)
            throw new ArgumentOutOfRangeException(name, size, $"A size is a multiple of {info.SizeMultiple} from {info.SizeMultiple} to {1 << 14} pixels.");
        return size;
    }

    ImageBuffer Preview(ReadOnlySpan<float> denoised, LatentShape shape, int index, int width, int height) =>
        LatentPreview.Paint(denoised.Slice(index * shape.PerImage, shape.PerImage), info.Family, shape.Channels, shape.Height, shape.Width)
            .Resize(width, height, ResizeFilter.Bilinear);

    static ImageBuffer ToImage(ReadOnlySpan<float> planes, int width, int height)
    {
        var image = new ImageBuffer(width, height);
        var pixels = image.Pixels;
        var area = width * height;
        for (var i = 0; i < area; i++)
            for (var c = 0; c < 3; c++) pixels[(i * 3) + c] = LatentPreview.ToByte(planes[(c * area) + i]);
        return image;
    }
}
