using System.Numerics;

namespace MultiModal.Audio;

/// <summary>Sound in memory: 32-bit float samples, nominally from -1 to 1, channel after channel (planar).</summary>
/// <remarks>
/// Planar, because everything done to sound here is done to one channel at a time; files and devices interleave, and
/// <see cref="FromInterleaved"/> and <see cref="CopyInterleavedTo"/> convert. A clip never changes after it was made; a slice shares the samples
/// of the clip it came from.
/// </remarks>
public sealed class AudioClip
{
    readonly float[] samples;
    readonly int offset;
    readonly int stride;

    /// <summary>A clip over an array of samples, which it takes over without a copy: the caller must not write to it any more.</summary>
    /// <param name="samples">All samples of the first channel, then all of the second, and so on.</param>
    /// <param name="sampleRate">Frames per second, in Hz.</param>
    /// <param name="channels">The number of channels; 1 by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate or the number of channels is outside the range of <see cref="AudioFormat"/>.</exception>
    /// <exception cref="ArgumentException">The number of samples is no multiple of the number of channels.</exception>
    public AudioClip(float[] samples, int sampleRate, int channels = 1)
        : this(samples, new AudioFormat(sampleRate, channels))
    {
    }

    /// <summary>A clip over an array of samples, which it takes over without a copy: the caller must not write to it any more.</summary>
    /// <param name="samples">All samples of the first channel, then all of the second, and so on.</param>
    /// <param name="format">The sample rate and the number of channels.</param>
    /// <exception cref="ArgumentException">The number of samples is no multiple of the number of channels, or the format was never given.</exception>
    public AudioClip(float[] samples, AudioFormat format)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (format.Channels == 0)
            throw new ArgumentException("The format has no channels: make it with a sample rate.", nameof(format));
        if (samples.Length % format.Channels != 0)
            throw new ArgumentException($"{samples.Length} samples are not a whole number of frames of {format.Channels} channels.", nameof(samples));
        this.samples = samples;
        Format = format;
        FrameCount = stride = samples.Length / format.Channels;
    }

    AudioClip(AudioClip source, int start, int count)
    {
        samples = source.samples;
        offset = source.offset + start;
        stride = source.stride;
        Format = source.Format;
        FrameCount = count;
    }

    /// <summary>The sample rate and the number of channels.</summary>
    public AudioFormat Format { get; }

    /// <summary>Frames per second, in Hz.</summary>
    public int SampleRate => Format.SampleRate;

    /// <summary>The number of channels.</summary>
    public int Channels => Format.Channels;

    /// <summary>Samples per channel.</summary>
    public int FrameCount { get; }

    /// <summary>How long the clip sounds.</summary>
    public TimeSpan Duration => Format.DurationOf(FrameCount);

    /// <summary>A clip of interleaved samples (left, right, left, right ...), which are copied.</summary>
    /// <param name="interleaved">The samples, frame after frame.</param>
    /// <param name="format">The sample rate and the number of channels.</param>
    /// <exception cref="ArgumentException">The number of samples is no multiple of the number of channels.</exception>
    public static AudioClip FromInterleaved(ReadOnlySpan<float> interleaved, AudioFormat format)
    {
        var planar = new float[interleaved.Length];
        var clip = new AudioClip(planar, format);
        clip.Deinterleave(interleaved, 0);
        return clip;
    }

    /// <summary>A clip of zeros.</summary>
    /// <param name="frameCount">Samples per channel.</param>
    /// <param name="format">The sample rate and the number of channels.</param>
    public static AudioClip Silence(int frameCount, AudioFormat format) => new(new float[checked(frameCount * format.Channels)], format);

    /// <summary>Clips one after another. All have the same format.</summary>
    /// <param name="clips">The clips in order; at least one.</param>
    /// <exception cref="ArgumentException">There is none, or their formats differ.</exception>
    public static AudioClip Concatenate(params ReadOnlySpan<AudioClip> clips)
    {
        if (clips.IsEmpty)
            throw new ArgumentException("There is no clip to take the format from.", nameof(clips));
        var (format, frames) = (clips[0].Format, 0);
        foreach (var clip in clips)
        {
            if (clip.Format != format)
                throw new ArgumentException($"The clips' formats differ: {format} and {clip.Format}.", nameof(clips));
            frames = checked(frames + clip.FrameCount);
        }

        var joined = new float[checked(frames * format.Channels)];
        var position = 0;
        foreach (var clip in clips)
        {
            for (var channel = 0; channel < format.Channels; channel++)
                clip.Channel(channel).CopyTo(joined.AsSpan((channel * frames) + position));
            position += clip.FrameCount;
        }

        return new(joined, format);
    }

    /// <summary>The samples of one channel, <see cref="FrameCount"/> of them.</summary>
    /// <param name="channel">Its number, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such channel.</exception>
    public ReadOnlySpan<float> Channel(int channel) => ChannelMemory(channel).Span;

    /// <inheritdoc cref="Channel"/>
    public ReadOnlyMemory<float> ChannelMemory(int channel)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(channel);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(channel, Channels);
        return samples.AsMemory((channel * stride) + offset, FrameCount);
    }

    /// <summary>One channel of the mean of all of them. A mono clip is returned as it is.</summary>
    public AudioClip ToMono()
    {
        if (Channels == 1)
            return this;
        var sum = Channel(0).ToArray();
        for (var channel = 1; channel < Channels; channel++)
        {
            var other = Channel(channel);
            for (var i = 0; i < sum.Length; i++)
                sum[i] += other[i];
        }

        for (var i = 0; i < sum.Length; i++)
            sum[i] /= Channels;
        return new(sum, SampleRate);
    }

    /// <summary>The clip at another sample rate, through <see cref="Resampler"/> with its defaults. At the same rate it is returned as it is.</summary>
    /// <param name="sampleRate">The rate wanted, in Hz.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is outside the range of <see cref="AudioFormat"/>.</exception>
    public AudioClip Resample(int sampleRate)
    {
        if (sampleRate == SampleRate)
            return this;
        var resampler = new Resampler(SampleRate, sampleRate);
        var frames = checked((int)resampler.OutputLength(FrameCount));
        var result = new float[checked(frames * Channels)];
        for (var channel = 0; channel < Channels; channel++)
            resampler.Resample(Channel(channel), result.AsSpan(channel * frames, frames));
        return new(result, sampleRate, Channels);
    }

    /// <summary>A part of the clip, sharing its samples.</summary>
    /// <param name="start">The first frame.</param>
    /// <param name="count">The number of frames.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part is not wholly inside the clip.</exception>
    public AudioClip Slice(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, FrameCount - start);
        return new(this, start, count);
    }

    /// <summary>A part of the clip, sharing its samples; what lies beyond the end is left out.</summary>
    /// <param name="start">Where it begins; not negative.</param>
    /// <param name="duration">How long it is; not negative.</param>
    public AudioClip Slice(TimeSpan start, TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(start, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        var from = (int)Math.Min(Format.FramesIn(start), FrameCount);
        return new(this, from, (int)Math.Min(Format.FramesIn(duration), FrameCount - from));
    }

    /// <summary>Writes the samples frame after frame, as files and devices want them.</summary>
    /// <param name="destination">Room for <see cref="FrameCount"/> times <see cref="Channels"/> samples.</param>
    /// <exception cref="ArgumentException">It is too small.</exception>
    public void CopyInterleavedTo(Span<float> destination)
    {
        if (destination.Length < (long)FrameCount * Channels)
            throw new ArgumentException($"The clip has {(long)FrameCount * Channels} samples; there is room for {destination.Length}.", nameof(destination));
        for (var channel = 0; channel < Channels; channel++)
        {
            var source = Channel(channel);
            for (int i = 0, to = channel; i < source.Length; i++, to += Channels)
                destination[to] = source[i];
        }
    }

    /// <summary>Whether no sample is NaN or infinite.</summary>
    public bool IsFinite()
    {
        for (var channel = 0; channel < Channels; channel++)
        {
            if (!IsFinite(Channel(channel)))
                return false;
        }

        return true;
    }

    /// <summary>The clip with NaN and infinite samples made silence. A clip without any is returned as it is.</summary>
    public AudioClip WithFiniteSamples()
    {
        if (IsFinite())
            return this;
        var clean = new float[FrameCount * Channels];
        for (var channel = 0; channel < Channels; channel++)
        {
            var source = Channel(channel);
            var target = clean.AsSpan(channel * FrameCount, FrameCount);
            for (var i = 0; i < source.Length; i++)
                target[i] = float.IsFinite(source[i]) ? source[i] : 0;
        }

        return new(clean, Format);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Duration.TotalSeconds:0.###} s, {Format}";

    /// <summary>Puts frames in their places while a clip is being filled, before anyone else holds it.</summary>
    internal void Deinterleave(ReadOnlySpan<float> interleaved, int firstFrame)
    {
        var frames = interleaved.Length / Channels;
        for (var channel = 0; channel < Channels; channel++)
        {
            var target = samples.AsSpan((channel * stride) + offset + firstFrame, frames);
            for (int i = 0, from = channel; i < target.Length; i++, from += Channels)
                target[i] = interleaved[from];
        }
    }

    static bool IsFinite(ReadOnlySpan<float> values)
    {
        // x - x is zero for finite x and NaN otherwise.
        var i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var v = new Vector<float>(values[i..]);
            if (!Vector.EqualsAll(v - v, Vector<float>.Zero))
                return false;
        }

        for (; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                return false;
        }

        return true;
    }
}
