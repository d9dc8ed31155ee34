using MultiModal.Voice.Signal;

namespace MultiModal.Voice.Training.Data;

/// <summary>How recordings become a training set.</summary>
public sealed record DatasetOptions
{
    /// <summary>The rate of the model that is trained, in Hz; 44100 by default.</summary>
    public int SampleRate { get; init; } = 44100;

    /// <summary>The rates recordings may have, in Hz; 16000 and 44100 by default. Others are reported and left out.</summary>
    public IReadOnlyList<int> AcceptedRates { get; init; } = [16000, 44100];

    /// <summary>Whether the peak of every recording is brought to full scale; true by default, as in So-VITS-SVC.</summary>
    public bool NormalizeLoudness { get; init; } = true;

    /// <summary>What is quieter is silence: there recordings are cut, and one that is nothing else is left out. In dB of full scale, -40 by default.</summary>
    public double SilenceThresholdDb { get; init; } = -40;

    /// <summary>The shortest clip that is kept; 0.5 s by default. What So-VITS-SVC's segments need is 0.3 s.</summary>
    public TimeSpan ShortestClip { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest clip; what has no silence to be cut at is cut by force. 12 s by default.</summary>
    public TimeSpan LongestClip { get; init; } = TimeSpan.FromSeconds(12);

    /// <summary>Speeds at which clips are added once more, 0.85 to 1.15; none by default.</summary>
    public IReadOnlyList<double> Speeds { get; init; } = [];

    /// <summary>Semitones by which clips are added once more, -2 to 2; none by default.</summary>
    public IReadOnlyList<double> PitchShifts { get; init; } = [];

    internal void Validate()
    {
        if (SampleRate is < 8000 or > 192_000) throw new ArgumentOutOfRangeException(nameof(SampleRate), SampleRate, "The rate is from 8000 to 192000 Hz.");
        if (SilenceThresholdDb is not (>= -200 and <= 0)) throw new ArgumentOutOfRangeException(nameof(SilenceThresholdDb), SilenceThresholdDb, "The threshold is from -200 to 0 dB.");
        if (ShortestClip < TimeSpan.FromSeconds(0.3)) throw new ArgumentOutOfRangeException(nameof(ShortestClip), ShortestClip, "Clips are at least 0.3 s long.");
        if (LongestClip < ShortestClip + ShortestClip || LongestClip > TimeSpan.FromMinutes(1))
            throw new ArgumentOutOfRangeException(nameof(LongestClip), LongestClip, "The longest clip is at least twice the shortest, and at most a minute.");
        foreach (var speed in Speeds)
            if (!(Math.Abs(speed - 1) <= Augmentation.MaxSpeedChange + 1e-9)) throw new ArgumentOutOfRangeException(nameof(Speeds), speed, "Speeds are from 0.85 to 1.15.");
        foreach (var shift in PitchShifts)
            if (!(Math.Abs(shift) <= Augmentation.MaxPitchShift)) throw new ArgumentOutOfRangeException(nameof(PitchShifts), shift, "Shifts of pitch are from -2 to 2 semitones.");
    }
}
