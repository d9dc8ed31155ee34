using System.Numerics.Tensors;
using MultiModal.Diffusion.Adapters;
using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Safety;
using MultiModal.Diffusion.Schedulers;
using MultiModal.Diffusion.Schedulers.KDiffusion;
using MultiModal.Diffusion.Steering;
using MultiModal.Diffusion.Text.Prompts;
using MultiModal.Images;

namespace MultiModal.Diffusion.Generation;

/// <summary>Carries out requests on a model's networks.</summary>
sealed class ImageGenerator(ModelFiles files, DiffusionNetworks networks, DiffusionModelOptions options, DiffusionModelInfo info,
    PictureGuard? guard = null)
{
    readonly PassModel model = new(files, networks, options, info);
    readonly LatentEncoder encoder = new(networks, files.Vae);
    readonly TiledDecoder decoder = new(networks, files.Vae.LatentChannels, files.Vae.Factor, files.Vae.ScalingFactor, files.Vae.ShiftFactor);

    readonly LoraSets loraSets = new(files, options);

    /// <summary>The model as passes use it, of this generator's requests and of others whose refiner it is.</summary>
    public PassModel Part => model;

    /// <summary>Compares an adapter with the model.</summary>
    public LoraMatch Match(LoraWeights weights) => loraSets.Match(weights);

    /// <inheritdoc cref="DiffusionModel.SaveFusedLoraAsync"/>
    public Task SaveFusedAsync(IReadOnlyList<LoraUse> loras, string path, bool half, CancellationToken cancellationToken) => loraSets.SaveFusedAsync(loras, path, half, cancellationToken);

    /// <inheritdoc cref="DiffusionModel.SaveMergedAsync"/>
    public Task SaveMergedAsync(IReadOnlyList<LoraUse> loras, string path, CancellationToken cancellationToken) => loraSets.SaveMergedAsync(loras, path, cancellationToken);

    /// <summary>How long a prompt is.</summary>
    public TokenCount Count(string prompt, int steps) => PromptEncoder.Count(prompt, steps, model.Vocabularies.ForCounting(prompt));

    public Task<IReadOnlyList<GeneratedImage>> GenerateAsync(ImageRequest request, Action<DiffusionUpdate> report, CancellationToken cancellationToken)
    {
        request.Validate();
        if (files.UNet.InChannels != files.Vae.LatentChannels && !model.IsInpainting && !model.IsPix2Pix)
            throw new NotSupportedException(
                $"UNets of {files.UNet.InChannels} channels in are not supported; those of {files.Vae.LatentChannels}, {2 * files.Vae.LatentChannels} (pix2pix) and {(2 * files.Vae.LatentChannels) + 1} (inpainting) are.");
        if (model.IsPix2Pix && request.Init is null) throw new ArgumentException("A pix2pix model changes a picture: give it as Init.", nameof(request));
        request.Refiner?.Model.Part.CheckFollows(model);
        if (request.TinyDecoding && !networks.HasTinyDecoder)
            throw new ArgumentException("The model was loaded without a tiny autoencoder.", nameof(request));
        if (request.PromptSyntax && options.Loras is null && PromptSyntax.TakeLoras(request.Prompt).Loras is [var lora, ..])
            throw new ArgumentException(
                $"The prompt asks for the LoRA '{lora.Name}', but the model was loaded without DiffusionModelOptions.Loras, where it would be found.", nameof(request));
        var canvas = Canvas.Of(request, info);
        var scheduler = SamplerChoice.For(request, files.Scheduler, info.IsXL);
        var seed = request.Seed ?? Random.Shared.NextInt64(1L << 32);
        var varies = request.SubSeedStrength > 0;
        var subSeed = request.SubSeed ?? Random.Shared.NextInt64(1L << 32);

        // Variations are of one picture: they count the other seed.
        long[] seeds = [.. Enumerable.Range(0, request.Count).Select(i => varies ? seed : unchecked(seed + i))];
        long[] subSeeds = varies ? [.. Enumerable.Range(0, request.Count).Select(i => unchecked(subSeed + i))] : [];

        // From here on it is work for the processor: off the caller's thread, once.
        return DiffusionTelemetry.MeasureAsync(
            info.Name, request, () => Task.Run(() => GenerateAsync(request, scheduler, seeds, subSeeds, canvas, report, cancellationToken), cancellationToken));
    }

    async Task<IReadOnlyList<GeneratedImage>> GenerateAsync(
        ImageRequest request, IScheduler scheduler, long[] seeds, long[] subSeeds, Canvas canvas, Action<DiffusionUpdate> report, CancellationToken cancellationToken)
    {
        var loras = await loraSets.ForAsync(request, cancellationToken).ConfigureAwait(false);
        var (words, wordNotes) = model.Vocabularies.For(request);

        // Large files take a moment, which drawing takes anyway.
        var hashing = AdapterHashes.OfAsync(loras, words, cancellationToken);
        var noise = new SeededNoise(seeds, request.Noise);
        var pass = await FirstPassAsync(request, scheduler.Plan(request.Steps), canvas, noise, subSeeds, cancellationToken).ConfigureAwait(false);
        var second = request.HighResolution is { } high ? scheduler.Plan(high.Steps > 0 ? high.Steps : request.Steps) : null;
        var firstOfSecond = second is null ? 0 : FirstCall(second, request.HighResolution!.Strength, scheduler);
        var secondSteps = second is null ? 0 : (second.Calls - firstOfSecond + second.CallsPerStep - 1) / second.CallsPerStep;
        var runner = new PassRunner(files, networks, model, request, loras, words, report, pass.Steps + secondSteps);
        await runner.RunAsync(pass, ForSteps(noise), cancellationToken).ConfigureAwait(false);
        if (second is not null)
        {
            // The second pass draws anew from the same seeds, as A1111 does.
            noise = new(seeds, request.Noise);
            pass = await SecondPassAsync(request, pass, second, firstOfSecond, noise, subSeeds, cancellationToken).ConfigureAwait(false);
            await runner.RunAsync(pass, ForSteps(noise), cancellationToken).ConfigureAwait(false);
        }

        var images = new List<GeneratedImage>();
        var hashes = await hashing.ConfigureAwait(false);
        IReadOnlyList<string> notes = [.. wordNotes, .. (loras?.Matches ?? []).Where(m => m.UnmatchedKeys.Count > 0).Select(m => m.ToString())];
        using var decoding = request.TinyDecoding ? null : await networks.HoldVaeDecoderAsync(cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < seeds.Length; i++)
        {
            var (decoded, note) = await DecodeAsync(pass, i, request.TinyDecoding, cancellationToken).ConfigureAwait(false);
            var image = canvas.Complete(decoded);
            SafetyVerdict? verdict = null;
            if (guard is not null) (image, verdict) = await guard.GuardAsync(image, cancellationToken).ConfigureAwait(false);
            var unmarked = options.Watermark is { } mark && !mark.Fits(image.Width, image.Height);
            if (options.Watermark is not null && !unmarked) image = options.Watermark.Mark(image);
            var text = GenerationText.Write(request, scheduler.Name, seeds[i], subSeeds.Length > 0 ? subSeeds[i] : null, canvas.Width, canvas.Height, info.Name, hashes);
            IEnumerable<string> own = note is null ? notes : [.. notes, note];
            if (unmarked) own = own.Append("The picture is too small for the watermark, and bears none.");
            images.Add(new(image.WithText(new Dictionary<string, string> { [GenerationText.Key] = text }), seeds[i]) { Safety = verdict, Notes = [.. own] });
        }

        return images;

        SeededNoise ForSteps(SeededNoise begun) =>
            request.StepSeedDelta == 0 ? begun : new([.. seeds.Select(s => unchecked(s + request.StepSeedDelta))], request.Noise);
    }

    /// <summary>The latents to start from: noise, or the picture with noise.</summary>
    async Task<SamplingPass> FirstPassAsync(
        ImageRequest request, Schedule schedule, Canvas canvas, SeededNoise noise, long[] subSeeds, CancellationToken cancellationToken)
    {
        var factor = files.Vae.Factor;
        var shape = new LatentShape(request.Count, files.Vae.LatentChannels, canvas.Height / factor, canvas.Width / factor);
        var latentMask = canvas.Mask?.ToLatents(factor);

        // Drawn in the order of diffusers: the picture's latent, then the noise, then the masked picture's latent.
        var whole = request.Strength >= 1 && canvas.Mask is not null;
        var clean = canvas.Init is null || (whole && model.IsInpainting) || (model.IsPix2Pix && canvas.Mask is null) ? null
            : await encoder.EncodeAsync(canvas.Init, shape, noise, null, cancellationToken).ConfigureAwait(false);
        var drawn = new float[shape.Count];
        noise.Draw(drawn, shape);
        if (subSeeds.Length > 0) SeededNoise.Vary(drawn, shape, subSeeds, request.SubSeedStrength, request.Noise);
        var more = model.IsInpainting ? await MoreChannelsAsync(canvas, shape, latentMask, noise, cancellationToken).ConfigureAwait(false)
            : model.IsPix2Pix ? await encoder.EncodePlainAsync(canvas.Init!, shape, cancellationToken).ConfigureAwait(false) : null;

        var latents = (float[])drawn.Clone();
        var first = 0;
        if (clean is null || whole || model.IsPix2Pix)
        {
            TensorPrimitives.Multiply(latents, schedule.InitialNoiseScale, latents);
        }
        else
        {
            first = FirstCall(schedule, request.Strength, SamplerChoice.For(request, files.Scheduler, info.IsXL));
            clean.CopyTo(latents, 0);
            if (latentMask is not null) ReplaceContent(latents, latentMask, drawn, shape, request.MaskedContent);
            if (first < schedule.Calls) schedule.AddNoise(latents, drawn, first);
        }

        return new()
        {
            Schedule = schedule, Shape = shape, Latents = latents, FirstCall = first, MoreChannels = more,
            Keep = latentMask is not null && clean is not null && !model.IsInpainting ? (clean, drawn, latentMask) : null,
        };
    }

    /// <summary>The second pass of the high-resolution fix.</summary>
    async Task<SamplingPass> SecondPassAsync(
        ImageRequest request, SamplingPass before, Schedule schedule, int firstCall, SeededNoise noise, long[] subSeeds, CancellationToken cancellationToken)
    {
        var (factor, scale) = (files.Vae.Factor, request.HighResolution!.Scale);
        var shape = before.Shape with { Height = (int)MathF.Round(before.Shape.Height * scale), Width = (int)MathF.Round(before.Shape.Width * scale) };
        var latents = new float[shape.Count];
        if (request.HighResolution is { InLatents: true, Upscaler: null })
        {
            LatentResize.Apply(before.Latents, before.Shape, latents, shape);
        }
        else
        {
            using var decoding = await networks.HoldVaeDecoderAsync(cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < shape.Batch; i++)
            {
                var (small, _) = await DecodeAsync(before, i, tiny: false, cancellationToken).ConfigureAwait(false);
                var enlarged = request.HighResolution.Upscaler is { } upscaler
                    ? await upscaler.UpscaleAsync(small, shape.Width * factor, shape.Height * factor, cancellationToken).ConfigureAwait(false)
                    : small.Resize(shape.Width * factor, shape.Height * factor);
                var one = shape with { Batch = 1 };
                (await encoder.EncodeAsync(enlarged, one, null, null, cancellationToken).ConfigureAwait(false)).CopyTo(latents, i * shape.PerImage);
            }
        }

        var drawn = new float[shape.Count];
        noise.Draw(drawn, shape);
        if (subSeeds.Length > 0) SeededNoise.Vary(drawn, shape, subSeeds, request.SubSeedStrength, request.Noise);
        if (firstCall < schedule.Calls) schedule.AddNoise(latents, drawn, firstCall);
        var more = model.IsInpainting
            ? await MoreChannelsAsync(Canvas.Of(request with { Width = shape.Width * factor, Height = shape.Height * factor }, info), shape, null, null, cancellationToken).ConfigureAwait(false) : null;
        return new() { Schedule = schedule, Shape = shape, Latents = latents, FirstCall = firstCall, StepsBefore = request.Steps, MoreChannels = more };
    }

    /// <summary>What an inpainting UNet is told beside the latents: the mask, and the latent of the picture without what is under it.</summary>
    async Task<float[]> MoreChannelsAsync(Canvas canvas, LatentShape shape, float[]? mask, SeededNoise? noise, CancellationToken cancellationToken)
    {
        var area = shape.Height * shape.Width;
        var image = canvas.Init ?? new ImageBuffer(canvas.Width, canvas.Height);
        var erased = canvas.Init is null || canvas.Mask is null ? InpaintMask.Full(canvas.Width, canvas.Height).Values : canvas.Mask.Values;
        var masked = await encoder.EncodeAsync(image, shape, noise, erased, cancellationToken).ConfigureAwait(false);
        var channels = new float[shape.Batch * (shape.Channels + 1) * area];
        for (var i = 0; i < shape.Batch; i++)
        {
            var own = channels.AsSpan(i * (shape.Channels + 1) * area);
            if (mask is null) own[..area].Fill(1);
            else mask.CopyTo(own);
            masked.AsSpan(i * shape.PerImage, shape.PerImage).CopyTo(own[area..]);
        }

        return channels;
    }

    async ValueTask<(ImageBuffer Image, string? Note)> DecodeAsync(SamplingPass pass, int index, bool tiny, CancellationToken cancellationToken)
    {
        var shape = pass.Shape;
        var (width, height) = (shape.Width * files.Vae.Factor, shape.Height * files.Vae.Factor);
        var latent = pass.Latents.AsMemory(index * shape.PerImage, shape.PerImage);
        if (tiny)
        {
            var session = (await networks.TinyDecoderAsync(cancellationToken).ConfigureAwait(false))!;
            return (Pictures.OfPlanes(PassRunner.DecodeTiny(session, latent.Span, shape, cancellationToken).Floats, width, height), null);
        }

        var tiled = (long)width * height > options.TileDecodingAbove;
        var (planes, note) = await decoder.DecodeAsync(latent, shape.Height, shape.Width, tiled, cancellationToken).ConfigureAwait(false);
        return (Pictures.OfPlanes(planes, width, height), note);
    }

    /// <summary>Where image-to-image begins: diffusers and A1111 count differently.</summary>
    static int FirstCall(Schedule schedule, float strength, IScheduler scheduler)
    {
        if (scheduler is not KDiffusionScheduler) return schedule.FirstCallFor(strength);

        // A1111 runs one step more than its share, and never starts from pure noise.
        var steps = (int)(Math.Min(strength, 0.999) * schedule.Steps);
        return strength == 0 ? schedule.Calls : (schedule.Steps - steps - 1) * schedule.CallsPerStep;
    }

    static void ReplaceContent(float[] latents, float[] mask, float[] noise, LatentShape shape, MaskedContent content)
    {
        if (content is not (MaskedContent.LatentNoise or MaskedContent.LatentNothing)) return;
        var area = shape.Height * shape.Width;
        for (var i = 0; i < latents.Length; i++)
            if (mask[i % area] > 0) latents[i] = content == MaskedContent.LatentNoise ? noise[i] : 0;
    }
}
