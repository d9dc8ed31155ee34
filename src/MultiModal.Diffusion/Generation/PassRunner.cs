using System.Diagnostics;
using MultiModal.Diffusion.Adapters;
using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Schedulers;
using MultiModal.Diffusion.Text.Prompts;
using MultiModal.Images;
using MultiModal.Runtime;
using MultiModal.Runtime.Sessions;

namespace MultiModal.Diffusion.Generation;

/// <summary>Runs the passes of one request and tells how far they are.</summary>
sealed class PassRunner(
    ModelFiles files, DiffusionNetworks networks, PassModel model, ImageRequest request, LoraSet? loras,
    IReadOnlyList<PromptVocabulary> words, Action<DiffusionUpdate> report, int totalSteps)
{
    readonly Stopwatch clock = new();
    TimeSpan lastStep;
    int told;

    /// <summary>Runs a pass; its latents become the result.</summary>
    public async Task RunAsync(SamplingPass pass, INoiseSource noise, CancellationToken cancellationToken)
    {
        var shape = pass.Shape;
        var refiner = request.Refiner?.Model.Part;
        refiner?.CheckFollows(model);
        var (predict, hold) = await model.BeginAsync(request, pass, loras, words, leads: true, cancellationToken).ConfigureAwait(false);
        using var held = hold;
        var (refine, refinerHold) = refiner is null ? (predict, null) : await refiner.BeginAsync(request, pass, null, refiner.Vocabularies.For(request).Vocabularies, leads: false, cancellationToken).ConfigureAwait(false);
        using var refinerHeld = refinerHold;
        var switchAt = request.Refiner?.SwitchAt ?? double.PositiveInfinity;
        var tiny = request.PreviewEvery > 0 ? await networks.TinyDecoderAsync(cancellationToken).ConfigureAwait(false) : null;
        var cache = new StepCache(request.StepCaching);

        var (call, stepsInPass, perStep) = (pass.FirstCall, pass.Steps, pass.Schedule.CallsPerStep);
        clock.Start();
        SamplingLoop.Run(
            pass.Schedule, shape, pass.Latents, noise, request.Sampler,
            (input, timestep, output) =>
            {
                // Words change by the steps of this pass, as in A1111: image to image begins with the first stretch, too.
                var done = (call++ - pass.FirstCall) / perStep;
                var share = (double)done / stepsInPass;
                if (cache.TryAnswer(share, input, output)) return;
                (share >= switchAt ? refine : predict)(done, share, input, timestep, output, cancellationToken);
                cache.Remember(input, output);
            },
            run =>
            {
                pass.Restore(run.Call);
                if (!run.IsStepComplete) return;
                told++;
                DiffusionTelemetry.Step(model.Info.Name, clock.Elapsed - lastStep);
                lastStep = clock.Elapsed;
                request.AfterStep?.Invoke(new(told, totalSteps, pass.Latents, run));
                report(new DiffusionUpdate.Stepped(new(told, totalSteps, clock.Elapsed)));
                if (request.PreviewEvery > 0 && told % request.PreviewEvery == 0 && told < totalSteps)
                    report(new DiffusionUpdate.Preview(told, [.. Enumerable.Range(0, shape.Batch).Select(i => Preview(run.Denoised.Slice(i * shape.PerImage, shape.PerImage), shape, tiny, cancellationToken))]));
            },
            cancellationToken, pass.FirstCall);
        clock.Stop();
    }

    ImageBuffer Preview(ReadOnlySpan<float> denoised, LatentShape shape, NetworkSession? tiny, CancellationToken cancellationToken)
    {
        var (width, height) = (shape.Width * files.Vae.Factor, shape.Height * files.Vae.Factor);
        return tiny is null
            ? LatentPreview.Paint(denoised, model.Info.Family, shape.Channels, shape.Height, shape.Width).Resize(width, height, ResizeFilter.Bilinear)
            : Pictures.OfPlanes(DecodeTiny(tiny, denoised, shape, cancellationToken).Floats, width, height);
    }

    /// <summary>Decodes one latent by the tiny autoencoder.</summary>
    public static TensorData DecodeTiny(NetworkSession tiny, ReadOnlySpan<float> latent, LatentShape shape, CancellationToken cancellationToken) => tiny.Run(
        new Dictionary<string, TensorData> { ["latent"] = TensorData.Of(latent.ToArray(), 1, shape.Channels, shape.Height, shape.Width) },
        cancellationToken: cancellationToken)["image"];
}
