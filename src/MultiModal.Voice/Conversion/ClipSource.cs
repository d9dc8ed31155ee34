using System.Numerics.Tensors;
using MultiModal.Audio;

namespace MultiModal.Voice.Conversion;

/// <summary>A sound in memory.</summary>
sealed class ClipSource(AudioClip clip) : SoundSource
{
    int position;

    public override int SampleRate => clip.SampleRate;

    public override long? Length => clip.FrameCount;

    public override ValueTask<int> ReadAsync(Memory<float> destination, CancellationToken cancellationToken)
    {
        var count = Math.Min(destination.Length, clip.FrameCount - position);
        var mixed = destination.Span[..count];
        clip.Channel(0).Slice(position, count).CopyTo(mixed);
        for (var c = 1; c < clip.Channels; c++) TensorPrimitives.Add(mixed, clip.Channel(c).Slice(position, count), mixed);
        foreach (ref var value in mixed) value = float.IsFinite(value) ? value / clip.Channels : 0;
        position += count;
        return new(count);
    }
}
