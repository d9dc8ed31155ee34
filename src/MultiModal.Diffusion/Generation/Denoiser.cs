using System.Numerics.Tensors;
using MultiModal.Diffusion.Schedulers;
using MultiModal.Runtime;
using MultiModal.Runtime.Sessions;

namespace MultiModal.Diffusion.Generation;

/// <summary>The UNet with classifier-free guidance (Ho and Salimans 2022, equation 6), for one request. Buffers are reused from step to step.</summary>
sealed class Denoiser
{
    readonly NetworkSession unet;
    readonly LatentShape shape;
    readonly float guidance;
    readonly bool together;
    readonly Dictionary<string, TensorData>[] passes;

    /// <param name="unet">The session.</param>
    /// <param name="shape">Of the latents of all pictures made at once.</param>
    /// <param name="positive">What to draw.</param>
    /// <param name="negative">What not to draw; null without guidance.</param>
    /// <param name="sizes">SDXL's six numbers, or null.</param>
    /// <param name="guidance">The scale.</param>
    /// <param name="together">Whether both predictions are made in one run.</param>
    public Denoiser(
        NetworkSession unet, LatentShape shape, Conditioning positive, Conditioning? negative, float[]? sizes, float guidance, bool together)
    {
        this.unet = unet;
        this.shape = shape;
        this.guidance = guidance;
        this.together = together && negative is not null;
        passes = negative is null ? [Inputs(1, positive)]
            : together ? [Inputs(2, negative, positive)]
            : [Inputs(1, negative), Inputs(1, positive)];

        Dictionary<string, TensorData> Inputs(int copies, params Conditioning[] texts)
        {
            var batch = shape.Batch * copies;
            var text = Conditioning.Stack([.. texts.SelectMany(t => Enumerable.Repeat(t, shape.Batch))]);
            var inputs = new Dictionary<string, TensorData>
            {
                ["sample"] = TensorData.Zeros(DType.Float32, batch, shape.Channels, shape.Height, shape.Width),
                ["timestep"] = TensorData.Zeros(DType.Float32, batch),
                ["encoder_hidden_states"] = text.Context,
            };
            if (sizes is null) return inputs;
            inputs["text_embeds"] = text.Pooled!;
            inputs["time_ids"] = TensorData.Of([.. Enumerable.Repeat(sizes, batch).SelectMany(s => s)], batch, sizes.Length);
            return inputs;
        }
    }

    /// <summary>Predicts.</summary>
    /// <param name="input">The scaled latents.</param>
    /// <param name="timestep">The training timestep.</param>
    /// <param name="output">Receives the guided prediction.</param>
    /// <param name="cancellationToken">Stops the run in flight.</param>
    public void Predict(ReadOnlySpan<float> input, float timestep, Span<float> output, CancellationToken cancellationToken)
    {
        for (var i = 0; i < passes.Length; i++)
        {
            var sample = passes[i]["sample"].Floats;
            for (var offset = 0; offset < sample.Length; offset += input.Length) input.CopyTo(sample[offset..]);
            passes[i]["timestep"].Floats.Fill(timestep);
        }

        var first = unet.Run(passes[0], cancellationToken: cancellationToken)["output"];
        if (passes.Length == 1 && !together)
        {
            first.Floats.CopyTo(output);
            return;
        }

        var second = together ? first.Floats[shape.Count..] : unet.Run(passes[1], cancellationToken: cancellationToken)["output"].Floats;

        // negative + guidance * (positive - negative)
        var negative = first.Floats[..shape.Count];
        TensorPrimitives.Subtract(second, negative, output);
        TensorPrimitives.MultiplyAdd(output, guidance, negative, output);
    }
}
