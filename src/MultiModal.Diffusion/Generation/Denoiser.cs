using System.Numerics.Tensors;
using MultiModal.Diffusion.Schedulers;
using MultiModal.Runtime.Sessions;

namespace MultiModal.Diffusion.Generation;

/// <summary>The UNet with classifier-free guidance (Ho and Salimans 2022, equation 6), for one request. Buffers are reused from step to step.</summary>
sealed class Denoiser
{
    readonly DenoiserSetup setup;
    readonly Lazy<UNetPass> single, both, pictureless;
    int calls;
    readonly float[] follow;

    public Denoiser(DenoiserSetup setup)
    {
        this.setup = setup;
        single = new(() => new(setup, 1));
        both = new(() => new(setup, 2));
        pictureless = new(() => new(setup with { MoreChannels = new float[setup.MoreChannels!.Length] }, 1));
        follow = new float[setup.Prompts.Negative is null ? 0 : setup.Shape.Count];
    }

    /// <summary>For prompts that stay the same.</summary>
    /// <param name="unet">The session.</param>
    /// <param name="shape">Of the latents of all pictures made at once.</param>
    /// <param name="positive">What to draw.</param>
    /// <param name="negative">What not to draw; null without guidance.</param>
    /// <param name="sizes">SDXL's six numbers, or null.</param>
    /// <param name="guidance">The scale.</param>
    /// <param name="together">Whether both predictions are made in one run.</param>
    public Denoiser(INetwork unet, LatentShape shape, Conditioning positive, Conditioning? negative, float[]? sizes, float guidance, bool together)
        : this(new() { UNet = unet, Shape = shape, Prompts = PromptPlan.Constant(positive, negative), Sizes = sizes, Guidance = guidance, Together = together })
    {
    }

    /// <summary>Predicts at the first step.</summary>
    public void Predict(ReadOnlySpan<float> input, float timestep, Span<float> output, CancellationToken cancellationToken) =>
        Predict(0, 0, input, timestep, output, cancellationToken);

    /// <summary>Predicts.</summary>
    /// <param name="step">Steps done.</param>
    /// <param name="share">How much of the steps that is, from 0 to 1.</param>
    /// <param name="input">The scaled latents.</param>
    /// <param name="timestep">The training timestep.</param>
    /// <param name="output">Receives the guided prediction.</param>
    /// <param name="cancellationToken">Stops the run in flight.</param>
    public void Predict(int step, double share, ReadOnlySpan<float> input, float timestep, Span<float> output, CancellationToken cancellationToken)
    {
        var positives = setup.Prompts.Positives;
        var first = positives[0].At(step);
        var whole = calls++ % setup.FeatureInterval == 0;
        var guided = setup.Prompts.Negative is not null && share >= setup.Interval.From && share < setup.Interval.To;
        if (!guided)
        {
            single.Value.Run([first], null, whole, input, timestep, share, cancellationToken).Floats.CopyTo(output);
            return;
        }

        var negative = setup.Prompts.Negative!.At(step);
        if (setup.ImageGuidance is { } imageGuidance)
        {
            GuideByPicture(imageGuidance, step, share, negative, whole, input, timestep, output, cancellationToken);
        }
        else if (positives.Count > 1)
        {
            Compose(step, share, negative, whole, input, timestep, output, cancellationToken);
        }
        else if (setup.Together)
        {
            var predicted = both.Value.Run([negative, first], negative, whole, input, timestep, share, cancellationToken).Floats;
            Guide(predicted[..setup.Shape.Count], predicted[setup.Shape.Count..], positives[0].Weight, output);
        }
        else
        {
            var away = single.Value.Run([negative], negative, whole, input, timestep, share, cancellationToken).Floats;
            Guide(away, single.Value.Run([first], null, whole, input, timestep, share, cancellationToken).Floats, positives[0].Weight, output);
        }

        if (setup.Rescale > 0) Rescale(output);
    }

    /// <summary>negative + guidance * (positive - negative)</summary>
    void Guide(ReadOnlySpan<float> negative, ReadOnlySpan<float> positive, float weight, Span<float> output)
    {
        if (setup.Rescale > 0) positive.CopyTo(follow);
        TensorPrimitives.Subtract(positive, negative, output);
        TensorPrimitives.MultiplyAdd(output, setup.Guidance * weight, negative, output);
    }

    /// <summary>negative + the sum of weight * guidance * (positive - negative) over all prompts (Liu et al. 2022, equation 11).</summary>
    void Compose(int step, double share, Conditioning negative, bool whole, ReadOnlySpan<float> input, float timestep, Span<float> output, CancellationToken cancellationToken)
    {
        var away = single.Value.Run([negative], negative, whole, input, timestep, share, cancellationToken).Floats;
        away.CopyTo(output);
        if (setup.Rescale > 0) follow.AsSpan().Clear();
        var total = setup.Prompts.Positives.Sum(p => p.Weight);
        foreach (var branch in setup.Prompts.Positives)
        {
            var towards = single.Value.Run([branch.At(step)], null, whole, input, timestep, share, cancellationToken).Floats;
            if (setup.Rescale > 0 && total != 0) TensorPrimitives.MultiplyAdd(towards, branch.Weight / total, follow, follow);
            TensorPrimitives.Subtract(towards, away, towards);
            TensorPrimitives.MultiplyAdd(towards, branch.Weight * setup.Guidance, output, output);
        }
    }

    /// <summary>
    /// Away from no picture towards the picture, and from there towards the text (Brooks et al. 2023, equation 3): three predictions, of
    /// neither, of the picture, and of both.
    /// </summary>
    void GuideByPicture(
        float imageGuidance, int step, double share, Conditioning negative, bool whole, ReadOnlySpan<float> input, float timestep, Span<float> output, CancellationToken cancellationToken)
    {
        var neither = pictureless.Value.Run([negative], negative, whole, input, timestep, share, cancellationToken).Floats;
        var picture = single.Value.Run([negative], negative, whole, input, timestep, share, cancellationToken).Floats;
        TensorPrimitives.Subtract(picture, neither, output);
        TensorPrimitives.MultiplyAdd(output, imageGuidance, neither, output);
        if (setup.Rescale > 0) follow.AsSpan().Clear();
        var total = setup.Prompts.Positives.Sum(p => p.Weight);
        foreach (var branch in setup.Prompts.Positives)
        {
            var towards = single.Value.Run([branch.At(step)], null, whole, input, timestep, share, cancellationToken).Floats;
            if (setup.Rescale > 0 && total != 0) TensorPrimitives.MultiplyAdd(towards, branch.Weight / total, follow, follow);
            TensorPrimitives.Subtract(towards, picture, towards);
            TensorPrimitives.MultiplyAdd(towards, branch.Weight * setup.Guidance, output, output);
        }
    }

    /// <summary>Brings each picture's spread back towards that of the prediction that follows the prompt (Lin et al. 2023, equations 14 to 16).</summary>
    void Rescale(Span<float> output)
    {
        var size = setup.Shape.PerImage;
        for (var i = 0; i < output.Length; i += size)
        {
            var guided = output.Slice(i, size);
            var spread = Deviation(guided);
            if (spread == 0) continue;
            var factor = (setup.Rescale * (Deviation(follow.AsSpan(i, size)) / spread)) + 1 - setup.Rescale;
            TensorPrimitives.Multiply(guided, (float)factor, guided);
        }
    }

    static double Deviation(ReadOnlySpan<float> values)
    {
        var (sum, squares) = (0.0, 0.0);
        foreach (var value in values) sum += value;
        var mean = sum / values.Length;
        foreach (var value in values) squares += (value - mean) * (value - mean);
        return Math.Sqrt(squares / (values.Length - 1));
    }
}
