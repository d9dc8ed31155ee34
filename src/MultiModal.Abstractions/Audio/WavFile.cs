namespace MultiModal.Audio;

/// <summary>Reads and writes whole WAV files. <see cref="WavReader"/> and <see cref="WavWriter"/> do it piece by piece.</summary>
public static class WavFile
{
    const int BlockFrames = 64 * 1024;

    /// <summary>Reads a file into memory.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="options">Limits; the defaults when null.</param>
    /// <exception cref="InvalidFileException">It is no WAV file, or a damaged one, or too long for <see cref="WavReadOptions.MaxSamples"/>.</exception>
    /// <exception cref="IOException">It cannot be opened or read.</exception>
    public static AudioClip Read(string path, WavReadOptions? options = null)
    {
        using var reader = WavReader.Open(path, options);
        return ReadAll(reader, path, options);
    }

    /// <summary>Reads a file in a stream into memory.</summary>
    /// <param name="stream">The stream, at the first byte of the file; it need not be able to seek, and stays open.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <param name="options">Limits; the defaults when null.</param>
    /// <exception cref="InvalidFileException">It is no WAV file, or a damaged one, or too long for <see cref="WavReadOptions.MaxSamples"/>.</exception>
    public static AudioClip Read(Stream stream, string name = "WAV stream", WavReadOptions? options = null)
    {
        using var reader = WavReader.Open(stream, name, options, leaveOpen: true);
        return ReadAll(reader, name, options);
    }

    /// <inheritdoc cref="Read(string, WavReadOptions)"/>
    /// <param name="path">Its path.</param>
    /// <param name="options">Limits; the defaults when null.</param>
    /// <param name="cancellationToken">Ends the operation.</param>
    public static async Task<AudioClip> ReadAsync(string path, WavReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        var reader = await WavReader.OpenAsync(path, options, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
            return await ReadAllAsync(reader, path, options, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc cref="Read(Stream, string, WavReadOptions)"/>
    /// <param name="stream">The stream, at the first byte of the file; it need not be able to seek, and stays open.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <param name="options">Limits; the defaults when null.</param>
    /// <param name="cancellationToken">Ends the operation.</param>
    public static async Task<AudioClip> ReadAsync(Stream stream, string name = "WAV stream", WavReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        var reader = await WavReader.OpenAsync(stream, name, options, leaveOpen: true, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
            return await ReadAllAsync(reader, name, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes a clip to a file, replacing one that is there.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="clip">The sound.</param>
    /// <param name="encoding">How to store samples; 16-bit integers by default, which limits them to -1..1.</param>
    /// <exception cref="IOException">It cannot be created or written.</exception>
    public static void Write(string path, AudioClip clip, WavEncoding encoding = WavEncoding.Pcm16)
    {
        ArgumentNullException.ThrowIfNull(clip);
        using var writer = WavWriter.Create(path, clip.Format, encoding);
        WriteAll(writer, clip);
    }

    /// <summary>Writes a clip to a stream, which stays open.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="clip">The sound.</param>
    /// <param name="encoding">How to store samples; 16-bit integers by default, which limits them to -1..1.</param>
    public static void Write(Stream stream, AudioClip clip, WavEncoding encoding = WavEncoding.Pcm16)
    {
        ArgumentNullException.ThrowIfNull(clip);
        using var writer = WavWriter.Create(stream, clip.Format, encoding, leaveOpen: true);
        WriteAll(writer, clip);
    }

    /// <inheritdoc cref="Write(string, AudioClip, WavEncoding)"/>
    /// <param name="path">Its path.</param>
    /// <param name="clip">The sound.</param>
    /// <param name="encoding">How to store samples; 16-bit integers by default, which limits them to -1..1.</param>
    /// <param name="cancellationToken">Ends the operation; the file is then incomplete.</param>
    public static async Task WriteAsync(string path, AudioClip clip, WavEncoding encoding = WavEncoding.Pcm16, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(clip);
        var writer = WavWriter.Create(path, clip.Format, encoding);
        await using (writer.ConfigureAwait(false))
            await WriteAllAsync(writer, clip, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc cref="Write(Stream, AudioClip, WavEncoding)"/>
    /// <param name="stream">The stream.</param>
    /// <param name="clip">The sound.</param>
    /// <param name="encoding">How to store samples; 16-bit integers by default, which limits them to -1..1.</param>
    /// <param name="cancellationToken">Ends the operation; the file is then incomplete.</param>
    public static async Task WriteAsync(Stream stream, AudioClip clip, WavEncoding encoding = WavEncoding.Pcm16, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(clip);
        var writer = WavWriter.Create(stream, clip.Format, encoding, leaveOpen: true);
        await using (writer.ConfigureAwait(false))
            await WriteAllAsync(writer, clip, cancellationToken).ConfigureAwait(false);
    }

    static AudioClip ReadAll(WavReader reader, string name, WavReadOptions? options)
    {
        var gatherer = new Gatherer(reader, name, options);
        var block = new float[gatherer.BlockSamples];
        for (int frames; (frames = reader.Read(block)) > 0;)
            gatherer.Add(block, frames);
        return gatherer.Finish();
    }

    static async Task<AudioClip> ReadAllAsync(WavReader reader, string name, WavReadOptions? options, CancellationToken cancellationToken)
    {
        var gatherer = new Gatherer(reader, name, options);
        var block = new float[gatherer.BlockSamples];
        for (int frames; (frames = await reader.ReadAsync(block, cancellationToken).ConfigureAwait(false)) > 0;)
            gatherer.Add(block, frames);
        return gatherer.Finish();
    }

    static void WriteAll(WavWriter writer, AudioClip clip)
    {
        foreach (var part in Parts(clip))
        {
            var block = new float[part.FrameCount * part.Channels];
            part.CopyInterleavedTo(block);
            writer.Write(block);
        }
    }

    static async Task WriteAllAsync(WavWriter writer, AudioClip clip, CancellationToken cancellationToken)
    {
        foreach (var part in Parts(clip))
        {
            var block = new float[part.FrameCount * part.Channels];
            part.CopyInterleavedTo(block);
            await writer.WriteAsync(block, cancellationToken).ConfigureAwait(false);
        }
    }

    static IEnumerable<AudioClip> Parts(AudioClip clip)
    {
        var frames = Math.Max(1, BlockFrames / clip.Channels);
        for (var at = 0; at < clip.FrameCount; at += frames)
            yield return clip.Slice(at, Math.Min(frames, clip.FrameCount - at));
    }

    /// <summary>Puts blocks together. Room is made as samples arrive where the length is not known, and at once where the file is as long as it says.</summary>
    sealed class Gatherer
    {
        readonly string name;
        readonly long maxSamples;
        readonly AudioFormat format;
        readonly long? known;
        readonly List<float[]> blocks = [];
        readonly AudioClip? clip;
        long samples;

        internal Gatherer(WavReader reader, string name, WavReadOptions? options)
        {
            this.name = name;
            maxSamples = Math.Min((options ?? WavReadOptions.Default).MaxSamples, Array.MaxLength);
            format = reader.Format;
            known = reader.FrameCount * format.Channels;
            BlockSamples = Math.Max(1, BlockFrames / format.Channels) * format.Channels;
            if (known > maxSamples)
                throw TooLong($"It holds {known} samples");
            // Where the length is only claimed (the stream cannot seek), memory follows what arrives.
            if (known is { } total && reader.IsLengthCertain)
                clip = new(new float[total], format);
        }

        internal int BlockSamples { get; }

        internal void Add(float[] block, int frames)
        {
            var arrived = block.AsSpan(0, frames * format.Channels);
            if (samples + arrived.Length > maxSamples)
                throw TooLong("It goes on");
            if (clip is not null)
                clip.Deinterleave(arrived, (int)(samples / format.Channels));
            else
                blocks.Add(arrived.ToArray());
            samples += arrived.Length;
        }

        internal AudioClip Finish()
        {
            if (clip is not null)
                return clip.Slice(0, (int)(samples / format.Channels));
            var whole = new AudioClip(new float[samples], format);
            var frame = 0;
            foreach (var block in blocks)
            {
                whole.Deinterleave(block, frame);
                frame += block.Length / format.Channels;
            }

            return whole;
        }

        InvalidFileException TooLong(string problem) => new(
            name,
            $"{problem}, more than the limit of {maxSamples} samples.",
            remedy: $"Raise {nameof(WavReadOptions)}.{nameof(WavReadOptions.MaxSamples)}, or read it piece by piece with {nameof(WavReader)}.");
    }
}
