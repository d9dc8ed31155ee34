using MultiModal.Voice.Signal;

namespace MultiModal.Voice.Conversion;

/// <summary>A piece of the input to convert by itself, and how it joins the piece before.</summary>
/// <param name="Start">The first sample of the input.</param>
/// <param name="End">The sample after the last.</param>
/// <param name="IsSilence">Whether zeros take its place.</param>
/// <param name="Overlap">How many samples of the input it shares with the piece before.</param>
readonly record struct Slice(int Start, int End, bool IsSilence, int Overlap);

/// <summary>Cuts a sound into slices: at silences, and by force where that is asked for or a slice would be too long.</summary>
static class SlicePlan
{
    public static List<Slice> Make(ReadOnlySpan<float> samples, int sampleRate, ConversionOptions options)
    {
        var spans = new SilenceSlicer(sampleRate, new() { ThresholdDb = options.SilenceThresholdDb }).Slice(samples);
        var clip = (int)(options.Clip.TotalSeconds * sampleRate);
        var overlap = (int)(options.Overlap.TotalSeconds * sampleRate);
        var longest = (int)(options.LongestSlice.TotalSeconds * sampleRate);
        var slices = new List<Slice>();
        foreach (var span in spans)
        {
            if (span.Length == 0) continue;
            if (span.IsSilence) slices.Add(new(span.Start, span.End, true, 0));
            else if (clip > 0) Cut(slices, span, clip, overlap);
            else if (span.Length > longest) Cut(slices, span, longest - sampleRate, sampleRate);
            else slices.Add(new(span.Start, span.End, false, 0));
        }

        return slices;
    }

    /// <summary>Pieces begin every "length" samples; all but the first begin an overlap earlier.</summary>
    static void Cut(List<Slice> slices, SoundSpan span, int length, int overlap)
    {
        for (var start = span.Start; start < span.End; start += length)
        {
            var before = start == span.Start ? 0 : Math.Min(overlap, start - span.Start);
            slices.Add(new(start - before, Math.Min(start + length, span.End), false, before));
        }
    }
}
