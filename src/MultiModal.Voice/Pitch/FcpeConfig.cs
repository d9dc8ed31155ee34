using MultiModal.Runtime.Weights;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Voice.Pitch;

/// <summary>The dimensions of an FCPE network, read off its weights.</summary>
sealed record FcpeConfig
{
    public required int MelBins { get; init; }

    public required int Channels { get; init; }

    public required int Layers { get; init; }

    public required int Heads { get; init; }

    public required int HeadDepth { get; init; }

    /// <summary>Random features of the attention's kernel; 266 for heads of 64.</summary>
    public required int RandomFeatures { get; init; }

    /// <summary>Channels inside of the convolution module; twice those outside.</summary>
    public required int InnerChannels { get; init; }

    /// <summary>The kernel of the convolution module; odd.</summary>
    public required int Kernel { get; init; }

    /// <summary>Bins of pitch; 360.</summary>
    public required int Bins { get; init; }

    public static FcpeConfig Read(IWeightSource weights)
    {
        var names = new WeightShapes(weights);
        if (!names.Has("stack.0.weight")) throw names.Error("this is no FCPE model: it has no 'stack.0'.", "Expected is fcpe.pt of So-VITS-SVC 4.1.");
        var stack = names.Shape("stack.0.weight", 3);
        var projection = names.Shape("decoder._layers.0.attn.fast_attention.projection_matrix", 2);
        var deep = names.Shape("decoder._layers.0.conformer.net.4.conv.weight", 3);
        return new()
        {
            MelBins = stack[1],
            Channels = stack[0],
            Layers = names.Count("decoder._layers"),
            HeadDepth = projection[1],
            Heads = names.Shape("decoder._layers.0.attn.to_q.weight", 2)[0] / projection[1],
            RandomFeatures = projection[0],
            InnerChannels = deep[0],
            Kernel = deep[2],
            Bins = names.Shape("dense_out.weight", 2)[0],
        };
    }
}
