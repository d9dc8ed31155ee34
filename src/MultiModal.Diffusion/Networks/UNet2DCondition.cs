using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Diffusion.Networks;

/// <summary>The denoiser of Stable Diffusion (Rombach et al. 2022; SDXL: Podell et al. 2023), named as diffusers' UNet2DConditionModel.</summary>
public sealed class UNet2DCondition
{
    readonly UNetConfig config;
    readonly UNetDescent descent;
    readonly Conv convOut;
    readonly UNetLevel[] up;
    readonly Conv?[] upsamplers;
    readonly GroupNorm normOut;

    /// <summary>Declares its parameters.</summary>
    /// <param name="scope">Where they are: the root of unet/.</param>
    /// <param name="config">Its dimensions.</param>
    public UNet2DCondition(Scope scope, UNetConfig config)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(config);
        this.config = config;
        descent = new(scope, config);
        var channels = config.BlockOutChannels;
        var (levels, deepest) = (channels.Count, channels[^1]);
        var kept = new Stack<int>(descent.KeptChannels);
        up = new UNetLevel[levels];
        upsamplers = new Conv?[levels];
        var current = deepest;
        for (var i = 0; i < levels; i++)
        {
            var (block, level) = (scope["up_blocks"][i], levels - 1 - i);
            var inputs = new int[config.LayersPerBlock + 1];
            for (var n = 0; n < inputs.Length; n++) (inputs[n], current) = (current + kept.Pop(), channels[level]);
            up[i] = new(block, config, inputs, level, config.UpHasAttention[i]);
            if (level > 0) upsamplers[i] = Conv.TwoD(block["upsamplers.0.conv"], current, current, 3, padding: 1);
        }

        normOut = new(scope["conv_norm_out"], config.NormGroups, channels[0], config.NormEpsilon);
        convOut = Conv.TwoD(scope["conv_out"], channels[0], config.OutChannels, 3, padding: 1);
    }

    /// <summary>How often height and width are halved: latents whose lengths are multiples of 2 to this power run a little faster.</summary>
    public int Halvings => config.BlockOutChannels.Count - 1;

    /// <summary>Predicts what the model was trained for: noise, velocity or sample.</summary>
    /// <param name="sample">[batch, in, height, width]</param>
    /// <param name="timestep">[batch], 0 to 999, not necessarily whole.</param>
    /// <param name="context">The text: [batch, tokens, cross-attention features].</param>
    /// <param name="pooled">SDXL: the pooled text, [batch, features].</param>
    /// <param name="sizes">SDXL: original height and width, crop top and left, target height and width: [batch, 6].</param>
    /// <param name="guidance">LCM: the embedded guidance scale, [batch, features].</param>
    /// <param name="residuals">ControlNet: what is added to every state kept on the way down, and to the middle. Null for none.</param>
    /// <returns>[batch, out, height, width]</returns>
    /// <exception cref="ArgumentException">The model needs pooled text and sizes, or there are too few or too many residuals.</exception>
    public Tensor Forward(
        Tensor sample, Tensor timestep, Tensor context, Tensor? pooled = null, Tensor? sizes = null, Tensor? guidance = null,
        ControlResiduals? residuals = null)
    {
        if (residuals is null) return Forward(sample, timestep, context, pooled, sizes, guidance, (kept, middle) => null);
        if (residuals.Down.Count != descent.KeptChannels.Count)
            throw new ArgumentException($"This UNet keeps {descent.KeptChannels.Count} states on the way down; there are {residuals.Down.Count} residuals.", nameof(residuals));
        return Forward(sample, timestep, context, pooled, sizes, guidance, (kept, middle) => residuals);
    }

    /// <summary>The same with residuals that are made when the shapes of the states are known.</summary>
    internal Tensor Forward(
        Tensor sample, Tensor timestep, Tensor context, Tensor? pooled, Tensor? sizes, Tensor? guidance,
        Func<IReadOnlyList<Tensor>, Tensor, ControlResiduals?> residuals, Action<Tensor>? features = null)
    {
        var time = descent.Embed(timestep, pooled, sizes, guidance);
        var (states, x) = descent.Forward(sample, time, context);
        if (residuals(states, x) is { } added)
        {
            states = [.. states.Zip(added.Down, (state, residual) => state + residual)];
            x += added.Middle;
        }

        var kept = new Stack<Tensor>(states);
        for (var i = 0; i < up.Length; i++)
        {
            for (var n = 0; n < up[i].Count; n++)
            {
                if (i == up.Length - 1 && n == up[i].Count - SurfaceLayers) features?.Invoke(x);
                x = up[i].Forward(n, Ops.Concat(1, x, kept.Pop()), time, context);
            }

            // Upwards to the very size of the state that comes next: with odd lengths that is not twice the present one.
            if (upsamplers[i] is { } conv) x = conv.Forward(Ops.Resize(x, [kept.Peek().Shape[2], kept.Peek().Shape[3]]));
        }

        return convOut.Forward(Ops.Silu(normOut.Forward(x)));
    }

    /// <summary>Layers of the finest level, going up, that <see cref="Surface"/> computes; what they add to are the first states on the way down.</summary>
    const int SurfaceLayers = 2;

    /// <summary>Channels of the features that <see cref="Surface"/> takes.</summary>
    internal int FeatureChannels => up[^1].Count > SurfaceLayers ? config.BlockOutChannels[0] : config.BlockOutChannels[Math.Min(1, config.BlockOutChannels.Count - 1)];

    /// <summary>
    /// The outermost layers alone, with what the deeper ones gave at another timestep: deep features change slowly from step to step
    /// (Ma et al. 2024, DeepCache).
    /// </summary>
    internal Tensor Surface(Tensor sample, Tensor timestep, Tensor context, Tensor? pooled, Tensor? sizes, Tensor features)
    {
        var time = descent.Embed(timestep, pooled, sizes, null);
        var kept = new Stack<Tensor>(descent.ForwardFirst(sample, time, context));
        var (last, x) = (up[^1], features);
        for (var n = last.Count - SurfaceLayers; n < last.Count; n++) x = last.Forward(n, Ops.Concat(1, x, kept.Pop()), time, context);
        return convOut.Forward(Ops.Silu(normOut.Forward(x)));
    }
}
