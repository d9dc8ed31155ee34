using MultiModal.Capabilities;
using MultiModal.Voice.Diffusion;
using MultiModal.Voice.Pitch;

namespace MultiModal.Voice.Conversion;

/// <summary>How a sound is converted. The defaults are those of So-VITS-SVC 4.1's command line.</summary>
public sealed record ConversionOptions
{
    /// <summary>The target speaker's name as in config.json; null for the model's first.</summary>
    public string? Speaker { get; init; }

    /// <summary>A mix of speakers, constant or changing; overrides <see cref="Speaker"/>. Null by default.</summary>
    public SpeakerMix? Mix { get; init; }

    /// <summary>Semitones the pitch is moved by; 0 by default.</summary>
    public double Transpose { get; init; }

    /// <summary>How pitch is found; what is at hand by default.</summary>
    public PitchMethod Pitch { get; init; } = PitchMethod.Auto;

    /// <summary>What a network's confidence in a voiced frame surpasses, 0 to 1; 0.05 by default.</summary>
    public double PitchThreshold { get; init; } = 0.05;

    /// <summary>Whether the target's pitch is predicted: for speech, never for singing. False by default.</summary>
    public bool PredictPitch { get; init; }

    /// <summary>How much of the content units comes from the speaker's own (clusters or retrieval), 0 to 1; 0 by default.</summary>
    public double ClusterRatio { get; init; }

    /// <summary>How much randomness the prior has; 0.4 by default. Less is cleaner, more is livelier.</summary>
    public float NoiseScale { get; init; } = 0.4f;

    /// <summary>The seed; the same gives the same samples. 52468 by default, as in the original.</summary>
    public ulong Seed { get; init; } = 52468;

    /// <summary>What is quieter is silence, where the sound is cut into slices, in dB; -40 by default.</summary>
    public double SilenceThresholdDb { get; init; } = -40;

    /// <summary>Silence put around each slice; half a second by default.</summary>
    public TimeSpan Padding { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The length slices are cut to by force; zero, the default, cuts at silences only, up to <see cref="LongestSlice"/>.</summary>
    public TimeSpan Clip { get; init; } = TimeSpan.Zero;

    /// <summary>By how much forced slices overlap; zero by default.</summary>
    public TimeSpan Overlap { get; init; } = TimeSpan.Zero;

    /// <summary>The part of the overlap over which is faded, in its middle, 0 to 1; 0.75 by default.</summary>
    public double OverlapRetained { get; init; } = 0.75;

    /// <summary>
    /// What is longer without a silence is cut by force, overlapping by a second: memory and time of attention grow with the square of the
    /// length. A minute by default; the original has no such limit.
    /// </summary>
    public TimeSpan LongestSlice { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>1, the default, leaves loudness to the model; 0 gives the output the source's loudness over time.</summary>
    public double LoudnessAdjustment { get; init; } = 1;

    /// <summary>
    /// Refines the synthesizer's sound by the diffusion model ("shallow diffusion"). Null, the default, does not; a model of diffusion alone always runs, null being its defaults.
    /// </summary>
    public MelDiffusionOptions? Diffusion { get; init; }

    /// <summary>Whether a vocoder makes the sound anew ("nsf_hifigan_enhance"), for models trained with little. Not together with diffusion. False by default.</summary>
    public bool Enhance { get; init; }

    /// <summary>Semitones by which the enhancer hears the sound lower than it is, for pitches above those it knows; 0 by default.</summary>
    public double EnhancerKey { get; init; }

    /// <summary>
    /// How many slices are under way at once; the synthesizer runs those that are alike in length together. 1 by default: with it, memory is least. What is kept of a
    /// slice is the same either way, up to rounding.
    /// </summary>
    public int MaxBatch { get; init; } = 1;

    /// <summary>
    /// How pitch becomes a row of the model's table; by the rule of the model's version where null, which is 4.0 where its config names no
    /// encoder.
    /// </summary>
    public CoarsePitchRule? CoarseRule { get; init; }

    /// <summary>The output's rate in Hz; the model's own where null.</summary>
    public int? OutputSampleRate { get; init; }

    /// <summary>What a request of any engine's asks of this one.</summary>
    internal static ConversionOptions From(VoiceConversionRequest? request)
    {
        var options = new ConversionOptions();
        return request is null ? options : options with { Speaker = request.Voice, Transpose = request.Transpose, Seed = request.Seed ?? options.Seed };
    }

    internal void Validate()
    {
        Within(Transpose, -60, 60, nameof(Transpose));
        Within(PitchThreshold, 0, 1, nameof(PitchThreshold));
        Within(ClusterRatio, 0, 1, nameof(ClusterRatio));
        Within(NoiseScale, 0, 10, nameof(NoiseScale));
        Within(SilenceThresholdDb, -200, 0, nameof(SilenceThresholdDb));
        Within(Padding.TotalSeconds, 0, 10, nameof(Padding));
        Within(OverlapRetained, 0, 1, nameof(OverlapRetained));
        Within(LoudnessAdjustment, 0, 1, nameof(LoudnessAdjustment));
        Within(Clip.TotalSeconds, 0, 600, nameof(Clip));
        Within(LongestSlice.TotalSeconds, 2, 600, nameof(LongestSlice));
        if (Clip > TimeSpan.Zero) Within(Overlap.TotalSeconds, 0, Clip.TotalSeconds / 2, nameof(Overlap));
        Within(EnhancerKey, -24, 24, nameof(EnhancerKey));
        Within(MaxBatch, 1, 64, nameof(MaxBatch));
        if (Diffusion is { } diffusion)
        {
            Within(diffusion.Steps, 1, 1 << 16, nameof(MelDiffusionOptions.Steps));
            Within(diffusion.Speedup ?? 1, 1, 1 << 16, nameof(MelDiffusionOptions.Speedup));
            if (Enhance) throw new ArgumentException($"{nameof(Enhance)} and {nameof(Diffusion)} both make the sound anew: choose one.", nameof(Enhance));
        }

        if (OutputSampleRate is { } rate) Within(rate, 1000, 768_000, nameof(OutputSampleRate));
    }

    static void Within(double value, double low, double high, string name)
    {
        if (!(value >= low && value <= high)) throw new ArgumentOutOfRangeException(name, value, $"{name} is from {low} to {high}.");
    }
}
