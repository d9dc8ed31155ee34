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
    ModelFiles files, DiffusionNetworks networks, DiffusionModelOptions options, DiffusionModelInfo info, PromptEncoder prompts,
    ImageRequest request, LoraSet? loras, IReadOnlyList<PromptVocabulary> vocabularies, Action<DiffusionUpdate> report, int totalSteps)
{
    readonly Stopwatch clock = new();
    TimeSpan lastStep;
    int told;

    /// <summary>Runs a pass; its latents become the result.</summary>
    public async Task RunAsync(SamplingPass pass, INoiseSource noise, CancellationToken cancellationToken)
    {
        var (shape, factor) = (pass.Shape, files.Vae.Factor);
        var (height, width) = (shape.Height * factor, shape.Width * factor);
        foreach (var control in request.Controls) control.Model.CheckFits(files.UNet);
        var (tileRows, tileColumns) = (Math.Min(TileSide, shape.Height), Math.Min(TileSide, shape.Width));
        using var unet = await networks.UNetForAsync(tileRows, tileColumns, request.Controls.Count > 0, loras, cancellationToken).ConfigureAwait(false);
        using var adapted = await networks.TextEncodersForAsync(loras, cancellationToken).ConfigureAwait(false);
        var tiny = request.PreviewEvery > 0 ? await networks.TinyDecoderAsync(cancellationToken).ConfigureAwait(false) : null;
        var guided = request.Guidance > 1 || Composes;
        var setup = new DenoiserSetup
        {
            UNet = unet.Session,
            Shape = shape,
            Prompts = prompts.Plan(request, guided, pass.Schedule.Steps, pass.StepsBefore, adapted, vocabularies, cancellationToken),
            Sizes = files.UNet.AdditionTimeSize is null ? null : [height, width, 0, 0, height, width],
            Guidance = request.Guidance,
            Rescale = request.GuidanceRescale,
            Interval = (request.GuidanceFrom, request.GuidanceTo >= 1 ? float.PositiveInfinity : request.GuidanceTo),
            Together = options.BatchGuidance ?? !networks.OnCpu,
            MoreChannels = pass.MoreChannels,
            Controls = [.. request.Controls.Select(c => new ControlRun(
                c.Model.Session, c.Model.Condition(c.Image, shape.Height, shape.Width), c.Scale, c.Start, c.End >= 1 ? float.PositiveInfinity : c.End))],
            Residuals = unet.Form.TakesResiduals ? networks.ResidualShapes : (_, _, _) => [],
        };
        var predict = Predictor(setup);
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
                predict(done, share, input, timestep, output, cancellationToken);
                cache.Remember(input, output);
            },
            run =>
            {
                pass.Restore(run.Call);
                if (!run.IsStepComplete) return;
                told++;
                DiffusionTelemetry.Step(info.Name, clock.Elapsed - lastStep);
                lastStep = clock.Elapsed;
                request.AfterStep?.Invoke(new(told, totalSteps, pass.Latents, run));
                report(new DiffusionUpdate.Stepped(new(told, totalSteps, clock.Elapsed)));
                if (request.PreviewEvery > 0 && told % request.PreviewEvery == 0 && told < totalSteps)
                    report(new DiffusionUpdate.Preview(told, [.. Enumerable.Range(0, shape.Batch).Select(i => Preview(run.Denoised.Slice(i * shape.PerImage, shape.PerImage), shape, tiny, cancellationToken))]));
            },
            cancellationToken, pass.FirstCall);
        clock.Stop();
    }

    /// <summary>A tile's side in latent elements; without tiles, no picture is larger.</summary>
    int TileSide => request.Tiles is null ? int.MaxValue : Math.Max(1, (request.Tiles.Size ?? info.NativeSize) / files.Vae.Factor);

    Prediction Predictor(DenoiserSetup setup)
    {
        if (setup.Shape.Height <= TileSide && setup.Shape.Width <= TileSide) return new Denoiser(setup).Predict;
        var overlap = request.Tiles!.Overlap / files.Vae.Factor ?? TileSide / 4;
        return new TiledDenoiser(setup, TileSide, TileSide, overlap, files.Vae.Factor).Predict;
    }

    delegate void Prediction(int step, double share, ReadOnlySpan<float> input, float timestep, Span<float> output, CancellationToken cancellationToken);

    bool Composes => request.PromptSyntax && Text.Prompts.PromptSyntax.Parts(request.Prompt).Count > 1;

    ImageBuffer Preview(ReadOnlySpan<float> denoised, LatentShape shape, NetworkSession? tiny, CancellationToken cancellationToken)
    {
        var (width, height) = (shape.Width * files.Vae.Factor, shape.Height * files.Vae.Factor);
        return tiny is null
            ? LatentPreview.Paint(denoised, info.Family, shape.Channels, shape.Height, shape.Width).Resize(width, height, ResizeFilter.Bilinear)
            : Pictures.OfPlanes(DecodeTiny(tiny, denoised, shape, cancellationToken).Floats, width, height);
    }

    /// <summary>Decodes one latent by the tiny autoencoder.</summary>
    public static TensorData DecodeTiny(NetworkSession tiny, ReadOnlySpan<float> latent, LatentShape shape, CancellationToken cancellationToken) => tiny.Run(
        new Dictionary<string, TensorData> { ["latent"] = TensorData.Of(latent.ToArray(), 1, shape.Channels, shape.Height, shape.Width) },
        cancellationToken: cancellationToken)["image"];
}
