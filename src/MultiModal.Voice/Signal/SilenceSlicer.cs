namespace MultiModal.Voice.Signal;

/// <summary>
/// Cuts a sound into pieces at its silences, at the quietest frame of each: the slicer of so-vits-svc (from openvpi's audio-slicer), same rules, same
/// cuts. For one pair of sample rate and options; never changes, may be shared by threads.
/// </summary>
public sealed class SilenceSlicer
{
    readonly float threshold;
    readonly int hop;
    readonly int window;
    readonly int minLength;
    readonly int minInterval;
    readonly int maxKept;

    /// <summary>Prepares a slicer.</summary>
    /// <param name="sampleRate">The rate of the sound, in Hz.</param>
    /// <param name="options">When to cut; the defaults when null.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public SilenceSlicer(int sampleRate, SilenceSlicerOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 1);
        options ??= new();
        if (!(options.MinLength >= options.MinInterval && options.MinInterval >= options.Hop && options.Hop > TimeSpan.Zero))
            throw new ArgumentException("It must hold that MinLength >= MinInterval >= Hop > 0.", nameof(options));
        if (options.MaxSilenceKept < options.Hop)
            throw new ArgumentException("It must hold that MaxSilenceKept >= Hop.", nameof(options));

        // Rounds half to even where Python does.
        var interval = sampleRate * options.MinInterval.TotalMilliseconds / 1000;
        threshold = (float)Math.Pow(10, options.ThresholdDb / 20);
        hop = Math.Max(1, (int)Math.Round(sampleRate * options.Hop.TotalMilliseconds / 1000));
        window = Math.Max(1, Math.Min((int)Math.Round(interval), 4 * hop));
        minLength = (int)Math.Round(sampleRate * options.MinLength.TotalMilliseconds / 1000 / hop);
        minInterval = (int)Math.Round(interval / hop);
        maxKept = (int)Math.Round(sampleRate * options.MaxSilenceKept.TotalMilliseconds / 1000 / hop);
    }

    /// <summary>Cuts a sound. The pieces follow each other without gaps and cover it.</summary>
    /// <param name="samples">The samples of one channel. NaN counts as silence.</param>
    /// <returns>The pieces in order. Silent ones may be empty: there the sound is cut and nothing is left out.</returns>
    public IReadOnlyList<SoundSpan> Slice(ReadOnlySpan<float> samples)
    {
        // The original compares samples with a length in frames here; a sound of so few samples has at most one frame or two.
        if (samples.Length <= minLength)
            return [new(0, samples.Length, false)];
        var silences = FindSilences(Rms.Compute(samples, window, hop));
        return silences.Count == 0 ? [new(0, samples.Length, false)] : Cover(silences, samples.Length);
    }

    /// <summary>The silences to leave out, in frames.</summary>
    List<(int Start, int End)> FindSilences(ReadOnlySpan<float> rms)
    {
        var silences = new List<(int Start, int End)>();
        int? silenceStart = null;
        var pieceStart = 0;
        for (var i = 0; i < rms.Length; i++)
        {
            if (!(rms[i] >= threshold))
            {
                silenceStart ??= i;
                continue;
            }

            if (silenceStart is not { } start)
                continue;
            silenceStart = null;
            var leads = start == 0 && i > maxKept;
            var divides = i - start >= minInterval && i - pieceStart >= minLength;
            if (!leads && !divides)
                continue;
            var cut = Cut(rms, start, i);
            silences.Add(cut);
            pieceStart = cut.End;
        }

        if (silenceStart is { } last && rms.Length - last >= minInterval)
            silences.Add((Quietest(rms, last, Math.Min(rms.Length, last + maxKept)), rms.Length + 1));
        return silences;
    }

    /// <summary>Where to cut a silence that goes from frame <paramref name="start"/> to frame <paramref name="end"/>.</summary>
    (int Start, int End) Cut(ReadOnlySpan<float> rms, int start, int end)
    {
        if (end - start <= maxKept)
        {
            var position = Quietest(rms, start, end);
            return (start == 0 ? 0 : position, position);
        }

        var left = Quietest(rms, start, start + maxKept);
        var right = Quietest(rms, end - maxKept, end);
        if (end - start <= maxKept * 2)
        {
            var middle = Quietest(rms, end - maxKept, start + maxKept);
            return start == 0 ? (0, right) : (Math.Min(left, middle), Math.Max(right, middle));
        }

        return (start == 0 ? 0 : left, right);
    }

    /// <summary>The first of the quietest frames from one to another, both included.</summary>
    static int Quietest(ReadOnlySpan<float> rms, int first, int last)
    {
        last = Math.Min(last, rms.Length - 1);
        var best = first;
        for (var i = first; i <= last; i++)
        {
            // As NumPy: NaN is less than everything.
            if (float.IsNaN(rms[i]))
                return i;
            if (rms[i] < rms[best])
                best = i;
        }

        return best;
    }

    List<SoundSpan> Cover(List<(int Start, int End)> silences, int length)
    {
        int Samples(int frame) => (int)Math.Min(length, (long)frame * hop);
        var spans = new List<SoundSpan>();
        if (silences[0].Start > 0)
            spans.Add(new(0, Samples(silences[0].Start), false));
        for (var i = 0; i < silences.Count; i++)
        {
            if (i > 0)
                spans.Add(new(Samples(silences[i - 1].End), Samples(silences[i].Start), false));
            spans.Add(new(Samples(silences[i].Start), Samples(silences[i].End), true));
        }

        if (Samples(silences[^1].End) < length)
            spans.Add(new(Samples(silences[^1].End), length, false));
        return spans;
    }
}
