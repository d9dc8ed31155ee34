using MultiModal.Runtime.Weights;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Voice.Diffusion;

/// <summary>The dimensions of a diffusion model, all of which its weights tell.</summary>
sealed record MelDiffusionShape
{
    /// <summary>Channels of the content units.</summary>
    public required int ContentChannels { get; init; }

    /// <summary>Channels of the condition.</summary>
    public required int Hidden { get; init; }

    /// <summary>Channels inside the denoiser.</summary>
    public required int Channels { get; init; }

    /// <summary>Layers of the denoiser.</summary>
    public required int Layers { get; init; }

    /// <summary>Bins of the mel spectrogram.</summary>
    public required int Mels { get; init; }

    /// <summary>How many speakers there are embeddings for; 1 where there are none.</summary>
    public required int SpeakerCount { get; init; }

    /// <summary>Reads the dimensions.</summary>
    /// <exception cref="InvalidFileException">The weights are not a diffusion model's.</exception>
    public static MelDiffusionShape Read(IWeightSource weights)
    {
        var names = new WeightShapes(weights, "Expected is a diffusion model of So-VITS-SVC 4.1 (model_<step>.pt).");
        var units = names.Shape("unit_embed.weight", 2);
        var input = names.Shape("decoder.denoise_fn.input_projection.weight", 3);
        return new()
        {
            ContentChannels = units[1],
            Hidden = units[0],
            Channels = input[0],
            Layers = names.Count("decoder.denoise_fn.residual_layers"),
            Mels = input[1],
            SpeakerCount = names.Has("spk_embed.weight") ? names.Shape("spk_embed.weight", 2)[0] : 1,
        };
    }
}
