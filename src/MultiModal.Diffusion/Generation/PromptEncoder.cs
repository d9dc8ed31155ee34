using MultiModal.Diffusion.Checkpoints;
using MultiModal.Runtime;

namespace MultiModal.Diffusion.Generation;

/// <summary>Prompts to what the UNet reads, as diffusers' pipelines do it: one encoder's last state, or SDXL's two penultimate states side by side.</summary>
sealed class PromptEncoder(DiffusersFolder folder, DiffusionNetworks networks)
{
    /// <summary>Encodes the prompt and what it is guided away from.</summary>
    public (Conditioning Positive, Conditioning Negative) Encode(string prompt, string? negative, CancellationToken cancellationToken)
    {
        var positive = Encode(prompt, cancellationToken);
        return (positive, negative is null && folder.ZerosForEmptyPrompt ? positive.Zeros() : Encode(negative ?? "", cancellationToken));
    }

    Conditioning Encode(string prompt, CancellationToken cancellationToken)
    {
        var first = networks.EncodeText(0, folder.TextEncoders[0].Tokenizer.Encode(prompt), cancellationToken);
        if (folder.TextEncoders.Count == 1)
            return folder.UNet.AdditionTimeSize is null ? new(first.Last, null) : new(first.Penultimate, first.Pooled);
        var second = networks.EncodeText(1, folder.TextEncoders[1].Tokenizer.Encode(prompt), cancellationToken);
        return new(SideBySide(first.Penultimate, second.Penultimate), second.Pooled);
    }

    /// <summary>[1, tokens, a] and [1, tokens, b] to [1, tokens, a + b].</summary>
    static TensorData SideBySide(TensorData left, TensorData right)
    {
        var (tokens, a, b) = ((int)left.Dimensions[1], (int)left.Dimensions[2], (int)right.Dimensions[2]);
        var values = new float[tokens * (a + b)];
        for (var i = 0; i < tokens; i++)
        {
            left.Floats.Slice(i * a, a).CopyTo(values.AsSpan(i * (a + b)));
            right.Floats.Slice(i * b, b).CopyTo(values.AsSpan((i * (a + b)) + a));
        }

        return TensorData.Of(values, 1, tokens, a + b);
    }
}
