using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Diffusion.Networks;

/// <summary>The denoiser of Stable Diffusion (Rombach et al. 2022; SDXL: Podell et al. 2023), named as diffusers' UNet2DConditionModel.</summary>
public sealed class UNet2DCondition
{
    readonly UNetConfig config;
    readonly Conv convIn, convOut;
    readonly TimestepEmbedding timeEmbedding;
    readonly TimestepEmbedding? addedEmbedding;
    readonly UNetLevel[] down, up;
    readonly Conv?[] downsamplers, upsamplers;
    readonly ResnetBlock2D midFirst, midLast;
    readonly SpatialTransformer midAttention;
    readonly GroupNorm normOut;

    /// <summary>Declares its parameters.</summary>
    /// <param name="scope">Where they are: the root of unet/.</param>
    /// <param name="config">Its dimensions.</param>
    public UNet2DCondition(Scope scope, UNetConfig config)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(config);
        this.config = config;
        var channels = config.BlockOutChannels;
        var (levels, deepest, time) = (channels.Count, channels[^1], channels[0] * 4);
        convIn = Conv.TwoD(scope["conv_in"], config.InChannels, channels[0], 3, padding: 1);
        timeEmbedding = new(scope["time_embedding"], channels[0], time, config.GuidanceEmbeddingSize);
        if (config.AdditionTimeSize is not null) addedEmbedding = new(scope["add_embedding"], config.AdditionInputs, time);

        // Every state on the way down is kept for the way up; here, its number of channels.
        var kept = new Stack<int>([channels[0]]);
        down = new UNetLevel[levels];
        downsamplers = new Conv?[levels];
        for (var i = 0; i < levels; i++)
        {
            var block = scope["down_blocks"][i];
            int[] inputs = [i == 0 ? channels[0] : channels[i - 1], .. Enumerable.Repeat(channels[i], config.LayersPerBlock - 1)];
            down[i] = new(block, config, inputs, i, config.DownHasAttention[i]);
            for (var n = 0; n < inputs.Length; n++) kept.Push(channels[i]);
            if (i == levels - 1) continue;
            downsamplers[i] = Conv.TwoD(block["downsamplers.0.conv"], channels[i], channels[i], 3, stride: 2, padding: config.DownsamplePadding);
            kept.Push(channels[i]);
        }

        var mid = scope["mid_block"];
        midFirst = new(mid["resnets.0"], deepest, deepest, time, config.NormGroups, config.NormEpsilon);
        midAttention = UNetLevel.Attention(mid["attentions.0"], config, levels - 1);
        midLast = new(mid["resnets.1"], deepest, deepest, time, config.NormGroups, config.NormEpsilon);

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
    /// <returns>[batch, out, height, width]</returns>
    /// <exception cref="ArgumentException">The model needs pooled text and sizes.</exception>
    public Tensor Forward(Tensor sample, Tensor timestep, Tensor context, Tensor? pooled = null, Tensor? sizes = null, Tensor? guidance = null)
    {
        ArgumentNullException.ThrowIfNull(timestep);
        var time = Ops.Silu(Embed(timestep, pooled, sizes, guidance));
        var x = convIn.Forward(sample);
        var kept = new Stack<Tensor>([x]);
        for (var i = 0; i < down.Length; i++)
        {
            for (var n = 0; n < down[i].Count; n++) kept.Push(x = down[i].Forward(n, x, time, context));
            if (downsamplers[i] is { } half) kept.Push(x = half.Forward(config.DownsamplePadding == 0 ? Ops.Pad(x, [0, 0, 0, 0], [0, 0, 1, 1]) : x));
        }

        x = midLast.Forward(midAttention.Forward(midFirst.Forward(x, time), context), time);
        for (var i = 0; i < up.Length; i++)
        {
            for (var n = 0; n < up[i].Count; n++) x = up[i].Forward(n, Ops.Concat(1, x, kept.Pop()), time, context);

            // Upwards to the very size of the state that comes next: with odd lengths that is not twice the present one.
            if (upsamplers[i] is { } conv) x = conv.Forward(Ops.Resize(x, [kept.Peek().Shape[2], kept.Peek().Shape[3]]));
        }

        return convOut.Forward(Ops.Silu(normOut.Forward(x)));
    }

    Tensor Embed(Tensor timestep, Tensor? pooled, Tensor? sizes, Tensor? guidance)
    {
        var sinusoids = TimestepEmbedding.Sinusoids(timestep, config.BlockOutChannels[0], config.FlipSinToCos, config.FrequencyShift);
        var embedded = timeEmbedding.Forward(sinusoids, guidance);
        if (addedEmbedding is null) return embedded;
        if (pooled is null || sizes is null) throw new ArgumentException("This model is conditioned on pooled text and on sizes; both are needed.", nameof(pooled));
        var features = config.AdditionTimeSize!.Value;
        var flat = TimestepEmbedding.Sinusoids(Ops.Reshape(sizes, -1), features, config.FlipSinToCos, config.FrequencyShift);
        var added = Ops.Concat(1, pooled, Ops.Reshape(flat, sizes.Shape[0], sizes.Shape[1] * features));
        return embedded + addedEmbedding.Forward(added);
    }
}
