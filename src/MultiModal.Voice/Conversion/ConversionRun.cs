using System.Runtime.CompilerServices;
using MultiModal.Audio;
using MultiModal.Voice.Signal;

namespace MultiModal.Voice.Conversion;

/// <summary>One conversion from beginning to end, in memory that does not grow with the sound.</summary>
sealed class ConversionRun(SoundSource source, SliceConverter converter, int modelRate, ConversionOptions options)
{
    // A sound up to this long is cut into slices as a whole, exactly as the original cuts it; a longer one in windows of this length, each
    // beginning where the last certain cut was.
    const int WindowSeconds = 300;

    readonly int rate = source.SampleRate;
    readonly StreamResampler? resampler = options.OutputSampleRate is { } wanted && wanted != modelRate ? new Resampler(modelRate, wanted).CreateStream() : null;

    // The end of the last slice, kept back because a forced slice will be faded into it.
    float[] held = [];
    long emitted;

    int OutputRate => options.OutputSampleRate ?? modelRate;

    public async IAsyncEnumerable<ConvertedChunk> ChunksAsync(IProgress<ConversionProgress>? progress, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var window = new float[checked((int)Math.Min(source.Length ?? long.MaxValue, (long)WindowSeconds * rate) + 1)];
        var (filled, start, ended, carried) = (0, 0L, false, 0);
        while (!ended)
        {
            for (int read; filled < window.Length && (read = await source.ReadAsync(window.AsMemory(filled), cancellationToken).ConfigureAwait(false)) > 0;) filled += read;
            ended = filled < window.Length;
            var slices = SlicePlan.Make(window.AsSpan(0, filled), rate, options);
            // The last slice may go on in the next window, unless it is all there is.
            var certain = ended || slices.Count < 2 ? slices.Count : slices.Count - 1;
            var consumed = certain == slices.Count ? filled : slices[certain].Start;
            if (carried > 0 && slices is [{ IsSilence: false } first, ..]) slices[0] = first with { Overlap = Math.Min(carried, first.End - first.Start) };
            carried = certain == slices.Count ? 0 : slices[certain].Overlap;
            var ahead = new SlicesAhead(slices[..certain], options.MaxBatch, (slice, token) => ConvertAsync(slice, window, start, token), cancellationToken);
            await using (ahead.ConfigureAwait(false))
            {
                for (var i = 0; i < certain; i++)
                {
                    var overlapped = i + 1 < slices.Count ? slices[i + 1].Overlap > 0 : !ended;
                    var chunk = Next(slices[i], await ahead.NextAsync().ConfigureAwait(false), start, overlapped);
                    if (chunk is not null) yield return chunk;
                    progress?.Report(new(TimeSpan.FromSeconds((start + slices[i].End) / (double)rate), TimeSpan.FromSeconds(Math.Max(source.Length ?? 0, start + filled) / (double)rate)));
                }
            }

            window.AsSpan(consumed, filled - consumed).CopyTo(window);
            start += consumed;
            filled -= consumed;
        }

        if (Rest() is { } last) yield return last;
    }

    async Task<ConvertedSlice> ConvertAsync(Slice slice, float[] window, long windowStart, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var length = (int)(Place(windowStart + slice.End) - Place(windowStart + slice.Start));
        return slice.IsSilence ? new(new float[length], [], [])
            : await converter.ConvertAsync(
                window.AsMemory(slice.Start, slice.End - slice.Start), rate, length,
                seconds => (((windowStart + slice.Start) / (double)rate) + seconds) / Math.Max(1e-9, (source.Length ?? (windowStart + window.Length)) / (double)rate),
                cancellationToken).ConfigureAwait(false);
    }

    ConvertedChunk? Next(Slice slice, ConvertedSlice result, long windowStart, bool overlapped)
    {
        var from = Place(windowStart + slice.Start);
        var samples = Join(result.Samples, slice.Overlap > 0 ? (int)(Place(windowStart + slice.Start + slice.Overlap) - from) : 0);

        // What a forced slice will overlap, or may in the next window, is kept back.
        var keep = !overlapped || slice.IsSilence ? 0 : Math.Min(samples.Length, LongestOverlap());
        held = samples[(samples.Length - keep)..];
        return Emit(samples.AsSpan(0, samples.Length - keep), result);
    }

    /// <summary>Puts a slice behind what was held: over the retained part of the overlap both are faded into each other.</summary>
    float[] Join(float[] samples, int overlap)
    {
        overlap = Math.Min(overlap, Math.Min(held.Length, samples.Length));
        var retained = (int)(overlap * options.OverlapRetained);
        var left = (overlap - retained) / 2;
        var right = overlap - retained - left;
        var joined = new float[held.Length + samples.Length - overlap];

        // The old slice up to the fade, the fade, then the new one.
        var fade = held.Length - right - retained;
        held.AsSpan(0, fade).CopyTo(joined);
        Crossfade.Linear(held.AsSpan(fade, retained), samples.AsSpan(left, retained), joined.AsSpan(fade, retained));
        samples.AsSpan(left + retained).CopyTo(joined.AsSpan(fade + retained));
        return joined;
    }

    ConvertedChunk? Rest()
    {
        var samples = held;
        held = [];
        var chunk = Emit(samples, null);
        if (resampler is null) return chunk;
        var buffer = new float[resampler.MaxOutputLength(0)];
        var rest = buffer[..resampler.Flush(buffer)];
        if (rest.Length == 0) return chunk;
        float[] all = chunk is null ? rest : [.. chunk.Audio.Channel(0), .. rest];
        emitted += rest.Length;
        return new(new(all, OutputRate), TimeSpan.FromSeconds((emitted - all.Length) / (double)OutputRate), chunk?.SourcePitch ?? [], chunk?.Pitch ?? [], chunk?.InvalidSamples ?? 0);
    }

    ConvertedChunk? Emit(ReadOnlySpan<float> samples, ConvertedSlice? slice)
    {
        if (samples.IsEmpty && slice is null) return null;
        var finite = samples.ToArray();
        var invalid = NonFinite.Silence(finite);
        if (resampler is not null)
        {
            var buffer = new float[resampler.MaxOutputLength(finite.Length)];
            finite = buffer[..resampler.Process(finite, buffer)];
        }

        var chunk = new ConvertedChunk(
            new(finite, OutputRate), TimeSpan.FromSeconds(emitted / (double)OutputRate), slice?.SourcePitch ?? [], slice?.Pitch ?? [], invalid);
        emitted += finite.Length;
        return chunk;
    }

    int LongestOverlap() => (int)Math.Ceiling((options.Clip > TimeSpan.Zero ? options.Overlap.TotalSeconds : 1) * modelRate) + 2;

    /// <summary>Where a sample of the input is in the output, so that the whole is as long as the input, rounded up.</summary>
    long Place(long sample) => ((sample * modelRate) + rate - 1) / rate;
}
