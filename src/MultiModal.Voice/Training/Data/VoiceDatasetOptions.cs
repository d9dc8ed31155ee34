using MultiModal.Voice.Conversion;
using MultiModal.Voice.Pitch;
using MultiModal.Voice.Signal;

namespace MultiModal.Voice.Training.Data;

/// <summary>What is computed of each clip.</summary>
public sealed record VoiceDatasetOptions
{
    /// <summary>The rate of the clips, in Hz; 44100 by default.</summary>
    public int SampleRate { get; init; } = 44100;

    /// <summary>Samples for a frame; 512 by default.</summary>
    public int Hop { get; init; } = 512;

    /// <summary>How pitch is found; Praat's method by default, which conversion takes too where there is no network for it.</summary>
    public IPitchEstimator Pitch { get; init; } = new PraatPitch();

    /// <summary>
    /// Rates, as percentages, at which the encoder hears a clip besides its own: pitch and formants move, what is said does not, so that a voice
    /// trained on these units too heeds who speaks less. None by default; 92 and 108 are good ones.
    /// </summary>
    public IReadOnlyList<int> UnitRates { get; init; } = [];

    /// <summary>How many clips of each speaker are kept for validation; 2 by default, as in So-VITS-SVC.</summary>
    public int ValidationClips { get; init; } = 2;
}
