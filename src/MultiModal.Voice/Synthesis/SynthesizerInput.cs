using MultiModal.Runtime.Random;
using MultiModal.Voice.Pitch;

namespace MultiModal.Voice.Synthesis;

/// <summary>What a synthesizer makes sound of: one sequence of frames.</summary>
public sealed record SynthesizerInput
{
    /// <summary>Content units, channel by channel, at the frame rate: [content channels, frames].</summary>
    public required ReadOnlyMemory<float> Content { get; init; }

    /// <summary>The pitch of each frame in Hz, without gaps.</summary>
    public required ReadOnlyMemory<float> Pitch { get; init; }

    /// <summary>1 for a voiced frame, 0 for an unvoiced one.</summary>
    public required ReadOnlyMemory<float> Voicing { get; init; }

    /// <summary>The volume of each frame, for models with a volume embedding; empty for none.</summary>
    public ReadOnlyMemory<float> Volume { get; init; }

    /// <summary>How much of each speaker, beginning with number 0: [speakers], or [frames, speakers] where it changes over time.</summary>
    public required ReadOnlyMemory<float> SpeakerWeights { get; init; }

    /// <summary>Whether <see cref="SpeakerWeights"/> has a row for each frame; false by default.</summary>
    public bool SpeakerChanges { get; init; }

    /// <summary>How much randomness the prior has; 0.4 by default.</summary>
    public float NoiseScale { get; init; } = 0.4f;

    /// <summary>The seed of PyTorch's CPU generator; 52468 by default, as in version 4.1.</summary>
    public ulong Seed { get; init; } = 52468;

    /// <summary>Where numbers are drawn by whoever draws on afterwards; null for a generator made of <see cref="Seed"/>.</summary>
    internal TorchRandom? Random { get; init; }

    /// <summary>Whether the pitch is predicted from content, speaker and the source's pitch; false by default.</summary>
    public bool PredictPitch { get; init; }

    /// <summary>How pitch becomes a row of the pitch embedding; the rule of version 4.1 by default.</summary>
    public CoarsePitchRule CoarseRule { get; init; } = CoarsePitchRule.Svc41;
}
