using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Diffusion.Networks;

/// <summary>A copy of a UNet's way down that reads a picture and steers the UNet by what it adds to its states (Zhang et al. 2023), named as diffusers' ControlNetModel.</summary>
public sealed class ControlNet
{
    readonly ControlNetConfig config;
    readonly UNetDescent descent;
    readonly Conv hintIn, hintOut;
    readonly Conv[] hintBlocks;
    readonly Conv[] downOut;
    readonly Conv midOut;

    /// <summary>Declares its parameters.</summary>
    /// <param name="scope">Where they are: the root of the ControlNet's folder.</param>
    /// <param name="config">Its dimensions.</param>
    public ControlNet(Scope scope, ControlNetConfig config)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(config);
        this.config = config;
        descent = new(scope, config.UNet);
        var (hint, sizes, channels) = (scope["controlnet_cond_embedding"], config.ConditionBlocks, config.UNet.BlockOutChannels);
        hintIn = Conv.TwoD(hint["conv_in"], config.ConditionChannels, sizes[0], 3, padding: 1);
        var blocks = new List<Conv>();
        for (var i = 0; i + 1 < sizes.Count; i++)
        {
            blocks.Add(Conv.TwoD(hint["blocks"][2 * i], sizes[i], sizes[i], 3, padding: 1));
            blocks.Add(Conv.TwoD(hint["blocks"][(2 * i) + 1], sizes[i], sizes[i + 1], 3, stride: 2, padding: 1));
        }

        hintBlocks = [.. blocks];
        hintOut = Conv.TwoD(hint["conv_out"], sizes[^1], channels[0], 3, padding: 1);
        downOut = [.. descent.KeptChannels.Select((n, i) => Conv.TwoD(scope["controlnet_down_blocks"][i], n, n, 1))];
        midOut = Conv.TwoD(scope["controlnet_mid_block"], channels[^1], channels[^1], 1);
    }

    /// <summary>What to add to the UNet's states, at scale 1.</summary>
    /// <param name="sample">The UNet's input: [batch, in, height, width].</param>
    /// <param name="timestep">[batch]</param>
    /// <param name="context">The text: [batch, tokens, features].</param>
    /// <param name="condition">The picture to follow, 0 to 1: [batch, 3, 8 * height, 8 * width].</param>
    /// <param name="pooled">SDXL: the pooled text.</param>
    /// <param name="sizes">SDXL: the six numbers.</param>
    public ControlResiduals Forward(Tensor sample, Tensor timestep, Tensor context, Tensor condition, Tensor? pooled = null, Tensor? sizes = null)
    {
        var time = descent.Embed(timestep, pooled, sizes, null);
        if (config.BlueFirst)
        {
            var colours = Ops.Chunk(condition, 3, 1);
            condition = Ops.Concat(1, colours[2], colours[1], colours[0]);
        }

        var hint = Ops.Silu(hintIn.Forward(condition));
        foreach (var block in hintBlocks) hint = Ops.Silu(block.Forward(hint));
        var (kept, middle) = descent.Forward(sample, time, context, hintOut.Forward(hint));
        return new([.. kept.Select((state, i) => Pool(downOut[i].Forward(state)))], Pool(midOut.Forward(middle)));
    }

    Tensor Pool(Tensor x) => config.PoolsGlobally ? Ops.Expand(Ops.Mean(x, [2, 3], keep: true), [.. x.Shape]) : x;
}
