using MultiModal.Audio;

namespace MultiModal.Voice.Conversion;

/// <summary>A WAV file.</summary>
sealed class FileSource : SoundSource, IDisposable
{
    readonly WavReader reader;
    readonly float[] interleaved;

    FileSource(WavReader reader)
    {
        this.reader = reader;
        interleaved = new float[reader.Format.Channels * 4096];
    }

    public override int SampleRate => reader.Format.SampleRate;

    public override long? Length => reader.FrameCount;

    public static async Task<FileSource> OpenAsync(string path, CancellationToken cancellationToken) =>
        new(await WavReader.OpenAsync(path, cancellationToken: cancellationToken).ConfigureAwait(false));

    public override async ValueTask<int> ReadAsync(Memory<float> destination, CancellationToken cancellationToken)
    {
        var channels = reader.Format.Channels;
        var wanted = Math.Min(destination.Length, interleaved.Length / channels);
        if (wanted == 0) return 0;
        var count = await reader.ReadAsync(interleaved.AsMemory(0, wanted * channels), cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < count; i++) destination.Span[i] = Mix(interleaved.AsSpan(i * channels, channels));
        return count;
    }

    public void Dispose() => reader.Dispose();
}
