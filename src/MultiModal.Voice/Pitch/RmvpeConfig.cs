using MultiModal.Runtime.Weights;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Voice.Pitch;

/// <summary>The dimensions of an RMVPE network, read off its weights.</summary>
sealed record RmvpeConfig
{
    /// <summary>Halvings of the U-Net; 5 in the published model.</summary>
    public required int Stages { get; init; }

    /// <summary>Channels of the first stage; 16.</summary>
    public required int Width { get; init; }

    /// <summary>Blocks of each stage; 4.</summary>
    public required int Blocks { get; init; }

    /// <summary>Layers at the bottom; 4.</summary>
    public required int IntermediateLayers { get; init; }

    /// <summary>The recurrent layer's state; 256. 0 where there is none.</summary>
    public required int GruHidden { get; init; }

    /// <summary>Recurrent layers; 1.</summary>
    public required int GruLayers { get; init; }

    /// <summary>Bins of the mel spectrogram; 128.</summary>
    public required int MelBins { get; init; }

    /// <summary>Bins of pitch; 360.</summary>
    public required int Bins { get; init; }

    public static RmvpeConfig Read(IWeightSource weights)
    {
        var names = new WeightShapes(weights);
        var stages = names.Count("unet.encoder.layers");
        if (stages is 0 or > 8) throw names.Error("this is no RMVPE model: it has no 'unet.encoder.layers'.", "Expected is rmvpe.pt, in either of its layouts.");
        var recurrent = names.Has("fc.0.gru.weight_ih_l0");
        var gru = recurrent ? names.Shape("fc.0.gru.weight_ih_l0", 2) : [0, names.Shape("fc.0.weight", 2)[1]];
        return new()
        {
            Stages = stages,
            Width = names.Shape("unet.encoder.layers.0.conv.0.conv.0.weight", 4)[0],
            Blocks = names.Count("unet.encoder.layers.0.conv"),
            IntermediateLayers = names.Count("unet.intermediate.layers"),
            GruHidden = gru[0] / 3,
            GruLayers = recurrent ? Enumerable.Range(0, 8).TakeWhile(i => names.Has($"fc.0.gru.weight_ih_l{i}")).Count() : 0,
            MelBins = gru[1] / 3,
            Bins = names.Shape(recurrent ? "fc.1.weight" : "fc.0.weight", 2)[0],
        };
    }
}
