using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Diffusion.Networks;

/// <summary>The half of a UNet that goes down, its middle, and what tells both the time: shared by the UNet and by ControlNet, which is a copy of it.</summary>
sealed class UNetDescent
{
    readonly UNetConfig config;
    readonly Conv convIn;
    readonly TimestepEmbedding timeEmbedding;
    readonly TimestepEmbedding? addedEmbedding;
    readonly UNetLevel[] down;
    readonly Conv?[] downsamplers;
    readonly ResnetBlock2D midFirst, midLast;
    readonly SpatialTransformer midAttention;

    /// <param name="scope">The root of the network.</param>
    /// <param name="config">The UNet's dimensions.</param>
    public UNetDescent(Scope scope, UNetConfig config)
    {
        this.config = config;
        var channels = config.BlockOutChannels;
        var (levels, deepest, time) = (channels.Count, channels[^1], channels[0] * 4);
        convIn = Conv.TwoD(scope["conv_in"], config.InChannels, channels[0], 3, padding: 1);
        timeEmbedding = new(scope["time_embedding"], channels[0], time, config.GuidanceEmbeddingSize);
        if (config.AdditionTimeSize is not null) addedEmbedding = new(scope["add_embedding"], config.AdditionInputs, time);

        var kept = new List<int> { channels[0] };
        down = new UNetLevel[levels];
        downsamplers = new Conv?[levels];
        for (var i = 0; i < levels; i++)
        {
            var block = scope["down_blocks"][i];
            int[] inputs = [i == 0 ? channels[0] : channels[i - 1], .. Enumerable.Repeat(channels[i], config.LayersPerBlock - 1)];
            down[i] = new(block, config, inputs, i, config.DownHasAttention[i]);
            for (var n = 0; n < inputs.Length; n++) kept.Add(channels[i]);
            if (i == levels - 1) continue;
            downsamplers[i] = Conv.TwoD(block["downsamplers.0.conv"], channels[i], channels[i], 3, stride: 2, padding: config.DownsamplePadding);
            kept.Add(channels[i]);
        }

        KeptChannels = kept;
        var mid = scope["mid_block"];
        midFirst = new(mid["resnets.0"], deepest, deepest, time, config.NormGroups, config.NormEpsilon);
        midAttention = UNetLevel.Attention(mid["attentions.0"], config, levels - 1);
        midLast = new(mid["resnets.1"], deepest, deepest, time, config.NormGroups, config.NormEpsilon);
    }

    /// <summary>Channels of every state that is kept for the way up, in their order.</summary>
    public IReadOnlyList<int> KeptChannels { get; }

    /// <summary>The activated embedding of the time and of SDXL's conditions: [batch, 4 * channels].</summary>
    public Tensor Embed(Tensor timestep, Tensor? pooled, Tensor? sizes, Tensor? guidance)
    {
        ArgumentNullException.ThrowIfNull(timestep);
        var sinusoids = TimestepEmbedding.Sinusoids(timestep, config.BlockOutChannels[0], config.FlipSinToCos, config.FrequencyShift);
        var embedded = timeEmbedding.Forward(sinusoids, guidance);
        if (addedEmbedding is null) return Ops.Silu(embedded);
        if (pooled is null || sizes is null) throw new ArgumentException("This model is conditioned on pooled text and on sizes; both are needed.", nameof(pooled));
        var features = config.AdditionTimeSize!.Value;
        var flat = TimestepEmbedding.Sinusoids(Ops.Reshape(sizes, -1), features, config.FlipSinToCos, config.FrequencyShift);
        var added = Ops.Concat(1, pooled, Ops.Reshape(flat, sizes.Shape[0], sizes.Shape[1] * features));
        return Ops.Silu(embedded + addedEmbedding.Forward(added));
    }

    /// <summary>Every state on the way down, and the middle's.</summary>
    /// <param name="sample">[batch, in, height, width]</param>
    /// <param name="time">From <see cref="Embed"/>.</param>
    /// <param name="context">The text.</param>
    /// <param name="hint">ControlNet: what is added to the first state.</param>
    public (IReadOnlyList<Tensor> Kept, Tensor Middle) Forward(Tensor sample, Tensor time, Tensor context, Tensor? hint = null)
    {
        var x = convIn.Forward(sample);
        if (hint is not null) x += hint;
        var kept = new List<Tensor> { x };
        for (var i = 0; i < down.Length; i++)
        {
            for (var n = 0; n < down[i].Count; n++) kept.Add(x = down[i].Forward(n, x, time, context));
            if (downsamplers[i] is { } half) kept.Add(x = half.Forward(config.DownsamplePadding == 0 ? Ops.Pad(x, [0, 0, 0, 0], [0, 0, 1, 1]) : x));
        }

        return (kept, midLast.Forward(midAttention.Forward(midFirst.Forward(x, time), context), time));
    }

    /// <summary>The first two states on the way down.</summary>
    public IReadOnlyList<Tensor> ForwardFirst(Tensor sample, Tensor time, Tensor context)
    {
        var x = convIn.Forward(sample);
        return [x, down[0].Forward(0, x, time, context)];
    }
}
