using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Voice.Pitch;

/// <summary>
/// RMVPE (Wei et al. 2023, "RMVPE: A Robust Model for Vocal Pitch Estimation in Polyphonic Music"): a U-Net over a mel spectrogram as a
/// picture, then a recurrent layer over time.
/// </summary>
sealed class RmvpeNetwork
{
    readonly RmvpeConfig config;
    readonly BatchNorm norm;
    readonly List<List<RmvpeBlock>> encoder = [], intermediate = [];
    readonly List<(Tensor Up, BatchNorm Norm, List<RmvpeBlock> Blocks)> decoder = [];
    readonly Conv picture;
    readonly Gru? recurrent;
    readonly Linear output;

    /// <summary>Declares its parameters.</summary>
    /// <param name="scope">The root.</param>
    /// <param name="config">The dimensions.</param>
    public RmvpeNetwork(Scope scope, RmvpeConfig config)
    {
        this.config = config;
        var unet = scope["unet"];
        norm = new(unet["encoder.bn"], 1);
        var channels = 1;
        for (var i = 0; i < config.Stages; i++)
        {
            var width = config.Width << i;
            encoder.Add(Blocks(unet["encoder.layers"][i]["conv"], channels, width));
            channels = width;
        }

        for (var i = 0; i < config.IntermediateLayers; i++)
        {
            intermediate.Add(Blocks(unet["intermediate.layers"][i]["conv"], channels, config.Width << config.Stages));
            channels = config.Width << config.Stages;
        }

        for (var i = 0; i < config.Stages; i++)
        {
            var place = unet["decoder.layers"][i];
            var width = channels / 2;
            decoder.Add((place.Parameter("conv1.0.weight", channels, width, 3, 3), new(place["conv1.1"], width), Blocks(place["conv2"], 2 * width, width)));
            channels = width;
        }

        picture = Conv.TwoD(scope["cnn"], channels, 3, 3, padding: 1);
        var features = 3 * config.MelBins;
        if (config.GruHidden > 0) recurrent = new(scope["fc.0.gru"], features, config.GruHidden, config.GruLayers, bidirectional: true);
        output = recurrent is null ? new(scope["fc.0"], features, config.Bins) : new(scope["fc.1"], 2 * config.GruHidden, config.Bins);
    }

    /// <summary>How likely each bin of pitch is.</summary>
    /// <param name="mel">[1, mel bins, frames]; as many frames as the stages halve evenly (32 for the published model).</param>
    /// <returns>[1, frames, bins], each 0 to 1.</returns>
    public Tensor Forward(Tensor mel)
    {
        var x = norm.Forward(Ops.Unsqueeze(Ops.SwapAxes(mel, 1, 2), 1));
        var skips = new Stack<Tensor>();
        foreach (var stage in encoder)
        {
            x = Apply(stage, x);
            skips.Push(x);
            x = Ops.AveragePool(x, [2, 2], [2, 2]);
        }

        foreach (var layer in intermediate) x = Apply(layer, x);
        foreach (var (up, upNorm, blocks) in decoder)
        {
            x = Ops.Relu(upNorm.Forward(Ops.ConvTranspose(x, up, stride: [2], padding: [1], outputPadding: [1])));
            x = Apply(blocks, Ops.Concat(1, x, skips.Pop()));
        }

        // [1, 3, frames, mel bins] to [1, frames, 3 * mel bins].
        x = Ops.Transpose(picture.Forward(x), 0, 2, 1, 3);
        x = Ops.Reshape(x, 1, x.Shape[1], 3 * config.MelBins);
        return Ops.Sigmoid(output.Forward(recurrent is null ? x : recurrent.Forward(x)));
    }

    List<RmvpeBlock> Blocks(Scope scope, int inputs, int outputs) =>
        [.. Enumerable.Range(0, config.Blocks).Select(i => new RmvpeBlock(scope[i], i == 0 ? inputs : outputs, outputs))];

    static Tensor Apply(List<RmvpeBlock> blocks, Tensor x) => blocks.Aggregate(x, (h, block) => block.Forward(h));
}
