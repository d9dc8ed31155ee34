using MultiModal.Diffusion.Adapters;
using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Text.Prompts;

namespace MultiModal.Diffusion.Generation;

/// <summary>A loaded model as passes use it: its UNet and what it reads.</summary>
sealed class PassModel(ModelFiles files, DiffusionNetworks networks, DiffusionModelOptions options, DiffusionModelInfo info)
{
    readonly PromptEncoder prompts = new(files);

    public delegate void Prediction(int step, double share, ReadOnlySpan<float> input, float timestep, Span<float> output, CancellationToken cancellationToken);

    /// <summary>What the model's tokenizers know, and textual inversions beside.</summary>
    public PromptVocabularies Vocabularies { get; } = new(files, options);

    public DiffusionModelInfo Info => info;

    /// <summary>Whether the UNet is told the picture it is to change (pix2pix).</summary>
    public bool IsPix2Pix => files.UNet.InChannels == 2 * files.Vae.LatentChannels;

    /// <summary>Whether it is told a mask and the masked picture.</summary>
    public bool IsInpainting => files.UNet.InChannels == (2 * files.Vae.LatentChannels) + 1;

    /// <summary>Makes sure that it can go on with another model's latents.</summary>
    /// <exception cref="ArgumentException">It cannot.</exception>
    public void CheckFollows(PassModel first)
    {
        if (files.UNet.InChannels != files.Vae.LatentChannels || files.Vae.LatentChannels != first.Channels || files.Vae.Factor != first.Factor)
            throw new ArgumentException($"The refiner '{info.Name}' does not take the latents of '{first.Info.Name}': they have other channels or another size.");
        if (info.Prediction != first.Info.Prediction)
            throw new ArgumentException($"The refiner '{info.Name}' predicts {info.Prediction}, '{first.Info.Name}' {first.Info.Prediction}: one schedule cannot serve both.");
    }

    int Channels => files.Vae.LatentChannels;

    int Factor => files.Vae.Factor;

    /// <summary>Gets ready for a pass: encodes the prompts and holds the UNet.</summary>
    /// <param name="request">The request.</param>
    /// <param name="pass">The pass.</param>
    /// <param name="loras">Adapters to merge in; null for none.</param>
    /// <param name="words">The request's words for this model's encoders.</param>
    /// <param name="leads">Whether it is the request's own model rather than its refiner.</param>
    /// <param name="cancellationToken">Stops the runs in flight.</param>
    /// <returns>What predicts, and the hold on what it needs.</returns>
    public async ValueTask<(Prediction Predict, IDisposable Hold)> BeginAsync(ImageRequest request, SamplingPass pass, LoraSet? loras, IReadOnlyList<PromptVocabulary> words, bool leads, CancellationToken cancellationToken)
    {
        var shape = pass.Shape;
        var controls = leads ? request.Controls : [];
        foreach (var control in controls) control.Model.CheckFits(files.UNet);
        var guided = request.Guidance > 1 || (request.PromptSyntax && PromptSyntax.Parts(request.Prompt).Count > 1);
        PromptPlan plan;

        // Encoded before the UNet is held: where networks come and go, they are not all in memory at once.
        using (var text = new TextEncoding(networks, loras, words))
            plan = await prompts.PlanAsync(request, guided, pass.Schedule.Steps, pass.StepsBefore, text, cancellationToken).ConfigureAwait(false);
        var side = TileSide(request);
        var unet = await networks.UNetForAsync(
            Math.Min(side, shape.Height), Math.Min(side, shape.Width), controls.Count > 0, loras, cancellationToken, features: request.FeatureCaching > 1).ConfigureAwait(false);
        try
        {
            return (Predictor(Setup(request, pass, unet, plan, controls, leads), request, side), unet);
        }
        catch
        {
            unet.Dispose();
            throw;
        }
    }

    DenoiserSetup Setup(ImageRequest request, SamplingPass pass, HeldNetwork.Lease unet, PromptPlan plan, IReadOnlyList<Steering.ControlImage> controls, bool leads)
    {
        var shape = pass.Shape;
        var (height, width) = (shape.Height * Factor, shape.Width * Factor);
        var scored = files.UNet.SizeNumbers == 5;
        return new()
        {
            UNet = unet.Session,
            Surface = request.FeatureCaching > 1 ? unet.Surface : null,
            FeatureInterval = request.FeatureCaching,
            Shape = shape,
            Prompts = plan,
            Sizes = files.UNet.SizeNumbers is null ? null : scored ? [height, width, 0, 0, request.AestheticScore] : [height, width, 0, 0, height, width],
            NegativeSizes = scored ? [height, width, 0, 0, request.NegativeAestheticScore] : null,
            Guidance = request.Guidance,
            Rescale = request.GuidanceRescale,
            Interval = (request.GuidanceFrom, request.GuidanceTo >= 1 ? float.PositiveInfinity : request.GuidanceTo),
            Together = options.BatchGuidance ?? !networks.OnCpu,
            MoreChannels = leads ? pass.MoreChannels : null,
            ImageGuidance = IsPix2Pix ? request.ImageGuidance : null,
            Controls = [.. controls.Select(c => new ControlRun(
                c.Model.Session, c.Model.Condition(c.Image, shape.Height, shape.Width), c.Scale, c.Start, c.End >= 1 ? float.PositiveInfinity : c.End))],
            Residuals = unet.Form.TakesResiduals ? networks.ResidualShapes : (_, _, _) => [],
        };
    }

    /// <summary>A tile's side in latent elements; without tiles, no picture is larger.</summary>
    int TileSide(ImageRequest request) => request.Tiles is null ? int.MaxValue : Math.Max(1, (request.Tiles.Size ?? info.NativeSize) / Factor);

    Prediction Predictor(DenoiserSetup setup, ImageRequest request, int side)
    {
        if (setup.Shape.Height <= side && setup.Shape.Width <= side) return new Denoiser(setup).Predict;
        var overlap = request.Tiles!.Overlap / Factor ?? side / 4;
        return new TiledDenoiser(setup, side, side, overlap, Factor).Predict;
    }
}
