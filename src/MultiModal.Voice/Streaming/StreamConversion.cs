using System.Runtime.CompilerServices;
using MultiModal.Audio;
using MultiModal.Capabilities;

namespace MultiModal.Voice.Streaming;

/// <summary>Sound in pieces of any length through a <see cref="VoiceStream"/>, whose blocks have one length and come out late.</summary>
static class StreamConversion
{
    public static async IAsyncEnumerable<AudioClip> RunAsync(
        IVoiceStreamFactory factory, IAsyncEnumerable<AudioClip> input, VoiceConversionRequest? request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        Blocks? blocks = null;
        try
        {
            await foreach (var piece in input.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                blocks ??= new(await factory.OpenStreamAsync(Options(piece.Format, request), cancellationToken).ConfigureAwait(false), piece.Format);
                if (piece.Format != blocks.Format)
                    throw new ArgumentException($"A piece is {piece.Format}; the stream began as {blocks.Format}.", nameof(input));
                var mono = piece.ToMono().ChannelMemory(0);
                while (blocks.Take(ref mono))
                {
                    if (await blocks.ConvertAsync(cancellationToken).ConfigureAwait(false) is { FrameCount: > 0 } sound) yield return sound;
                }
            }

            // What is still on its way comes out as silence goes in.
            while (blocks is { IsBehind: true })
            {
                if (await blocks.ConvertAsync(cancellationToken).ConfigureAwait(false) is { FrameCount: > 0 } sound) yield return sound;
            }
        }
        finally
        {
            blocks?.Stream.Dispose();
        }
    }

    static VoiceStreamOptions Options(AudioFormat format, VoiceConversionRequest? request)
    {
        var options = new VoiceStreamOptions { SampleRate = format.SampleRate };
        return request is null ? options : options with { Speaker = request.Voice, Transpose = request.Transpose, Seed = request.Seed ?? options.Seed };
    }

    /// <summary>Gathers blocks, converts them, and takes the stream's delay off the beginning.</summary>
    sealed class Blocks
    {
        readonly float[] block;
        int filled, delay;
        long arrived, given;

        public Blocks(VoiceStream stream, AudioFormat format)
        {
            (Stream, Format, block) = (stream, format, new float[stream.BlockLength]);
            // A block's gathering is time, not a shift of its samples.
            delay = (int)Math.Round(stream.AlgorithmicLatency.TotalSeconds * stream.SampleRate) - stream.BlockLength;
        }

        public VoiceStream Stream { get; }

        public AudioFormat Format { get; }

        public bool IsBehind => given < arrived;

        /// <summary>Takes from a piece what the block has room for; true when it is full.</summary>
        public bool Take(ref ReadOnlyMemory<float> samples)
        {
            var count = Math.Min(block.Length - filled, samples.Length);
            samples[..count].CopyTo(block.AsMemory(filled));
            samples = samples[count..];
            (filled, arrived) = (filled + count, arrived + count);
            return filled == block.Length;
        }

        /// <summary>Converts the block, filled up with silence.</summary>
        public async Task<AudioClip> ConvertAsync(CancellationToken cancellationToken)
        {
            block.AsSpan(filled).Clear();
            filled = 0;
            var output = new float[block.Length];
            // A block is a tenth of a second of work: not on the caller's thread.
            await Task.Run(() => Stream.Process(block, output), cancellationToken).ConfigureAwait(false);
            var late = Math.Min(delay, output.Length);
            delay -= late;
            var count = (int)Math.Min(output.Length - late, arrived - given);
            given += count;
            return new(output[late..(late + count)], Stream.SampleRate);
        }
    }
}
