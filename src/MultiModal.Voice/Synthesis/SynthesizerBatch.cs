using System.Numerics.Tensors;
using MultiModal.Runtime;
using MultiModal.Runtime.Random;
using MultiModal.Voice.Pitch;

namespace MultiModal.Voice.Synthesis;

/// <summary>Sequences side by side as the networks take them: shorter ones are followed by zeros.</summary>
/// <param name="inputs">The sequences, at least one, all of one kind.</param>
/// <param name="config">The dimensions.</param>
sealed class SynthesizerBatch(IReadOnlyList<SynthesizerInput> inputs, SynthesizerConfig config)
{
    readonly int count = inputs.Count, frames = inputs.Max(input => input.Pitch.Length);

    /// <summary>The frames of the longest.</summary>
    public int Frames => frames;

    /// <summary>What graphs the sequences need.</summary>
    public SynthesizerKind Kind { get; } = new(inputs[0].SpeakerChanges, config.VolumeEmbedding && !inputs[0].Volume.IsEmpty, inputs.Count > 1);

    /// <summary>[batch, content, frames]</summary>
    public TensorData Content() => Channels(config.ContentChannels, (i, row) => inputs[i].Content.Span.CopyTo(row));

    /// <summary>1 for voiced frames: int64 [batch, frames].</summary>
    public TensorData Voiced()
    {
        var result = TensorData.Zeros(DType.Int64, count, frames);
        for (var i = 0; i < count; i++)
        {
            var voicing = inputs[i].Voicing.Span;
            for (var t = 0; t < voicing.Length; t++) result.Longs[(i * frames) + t] = (long)voicing[t];
        }

        return result;
    }

    /// <summary>[batch, frames]</summary>
    public TensorData Volume() => Rows([.. inputs.Select(input => input.Volume)]);

    /// <summary>Ones for frames that are real: [batch, 1, frames].</summary>
    public TensorData Mask()
    {
        var result = TensorData.Zeros(DType.Float32, count, 1, frames);
        for (var i = 0; i < count; i++) result.Floats.Slice(i * frames, inputs[i].Pitch.Length).Fill(1);
        return result;
    }

    /// <summary>[batch, frames]</summary>
    public TensorData Rows(float[][] values) => Rows([.. values.Select(v => (ReadOnlyMemory<float>)v)]);

    /// <summary>The rows of the pitch embedding: int64 [batch, frames].</summary>
    public TensorData Coarse(float[][] pitches)
    {
        var result = TensorData.Zeros(DType.Int64, count, frames);
        for (var i = 0; i < count; i++) CoarsePitch.Quantize(pitches[i], inputs[i].CoarseRule).CopyTo(result.Longs[(i * frames)..]);
        return result;
    }

    /// <summary>The prior's noise, drawn for each sequence as if it were alone: [batch, inter, frames].</summary>
    public TensorData Noise(TorchRandom[] randoms) => Channels(config.InterChannels, (i, row) =>
    {
        randoms[i].Normal(row);
        TensorPrimitives.Multiply(row, inputs[i].NoiseScale, row);
    });

    /// <summary>The embeddings of the speakers: [batch, features, 1 or frames].</summary>
    /// <param name="embed">Embeds the weights of one sequence in as many columns.</param>
    public TensorData Speaker(SpeakerEmbedding embed)
    {
        if (!Kind.PerFrameSpeaker)
        {
            var result = TensorData.Zeros(DType.Float32, count, config.SpeakerChannels, 1);
            for (var i = 0; i < count; i++) embed(inputs[i].SpeakerWeights.Span, 1).Floats.CopyTo(result.Floats[(i * config.SpeakerChannels)..]);
            return result;
        }

        return Channels(config.SpeakerChannels, (i, row) => embed(inputs[i].SpeakerWeights.Span, inputs[i].Pitch.Length).Floats.CopyTo(row));
    }

    /// <summary>The harmonic sources: [batch, 1, frames * hop].</summary>
    public TensorData Sources(Func<int, float[]> make)
    {
        var length = frames * config.Decoder.Hop;
        if (count == 1) return TensorData.Of(make(0), 1, 1, length);
        var result = TensorData.Zeros(DType.Float32, count, 1, length);
        for (var i = 0; i < count; i++) make(i).CopyTo(result.Floats[(i * length)..]);
        return result;
    }

    /// <summary>Takes the real part of each sequence out of a result of [batch, (1,) frames * scale].</summary>
    public void Take(TensorData result, int scale, float[][] targets)
    {
        for (var i = 0; i < count; i++) result.Floats.Slice(i * frames * scale, targets[i].Length).CopyTo(targets[i]);
    }

    TensorData Rows(ReadOnlyMemory<float>[] values)
    {
        var result = TensorData.Zeros(DType.Float32, count, frames);
        for (var i = 0; i < count; i++) values[i].Span.CopyTo(result.Floats[(i * frames)..]);
        return result;
    }

    /// <summary>[batch, channels, frames] of rows that are written at their own lengths, [channels, own frames].</summary>
    TensorData Channels(int channels, RowWriter write)
    {
        var result = TensorData.Zeros(DType.Float32, count, channels, frames);
        for (var i = 0; i < count; i++)
        {
            var own = inputs[i].Pitch.Length;
            var target = result.Floats.Slice(i * channels * frames, channels * frames);
            if (own == frames)
            {
                write(i, target);
                continue;
            }

            var row = new float[channels * own];
            write(i, row);
            for (var c = 0; c < channels; c++) row.AsSpan(c * own, own).CopyTo(target[(c * frames)..]);
        }

        return result;
    }

    delegate void RowWriter(int index, Span<float> row);
}

/// <summary>Embeds a mix of speakers, [columns, speakers], as [1, features, columns].</summary>
delegate TensorData SpeakerEmbedding(ReadOnlySpan<float> mix, int columns);
