using System.Buffers.Binary;
using System.Globalization;
using MultiModal.Voice.Conversion;
using MultiModal.Voice.Streaming;

namespace RealtimeVoice;

/// <summary>Standard input to standard output, block by block; what it took goes to standard error.</summary>
static class Piping
{
    public static async Task RunAsync(string model, string? encoder, VoiceStreamOptions options, bool passthrough, CancellationToken cancellationToken)
    {
        await using var voice = await VoiceModel.LoadAsync(model, new() { EncoderPath = encoder }, cancellationToken);
        using var stream = await voice.OpenStreamAsync(options, cancellationToken);
        stream.Passthrough = passthrough;
        await using var input = Console.OpenStandardInput();
        await using var output = Console.OpenStandardOutput();
        var bytes = new byte[stream.BlockLength * 2];
        var (samples, converted) = (new float[stream.BlockLength], new float[stream.BlockLength]);
        await Report($"{stream.BlockLength} samples a block, {stream.AlgorithmicLatency.TotalMilliseconds:F0} ms by algorithm");
        for (int read; (read = await input.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken)) > 0;)
        {
            // The last block may be short: silence follows.
            bytes.AsSpan(read).Clear();
            for (var i = 0; i < samples.Length; i++) samples[i] = BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(2 * i)) / 32768f;
            stream.Process(samples, converted);
            for (var i = 0; i < samples.Length; i++)
                BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(2 * i), (short)Math.Clamp(MathF.Round(converted[i] * 32768f), short.MinValue, short.MaxValue));
            await output.WriteAsync(bytes, cancellationToken);
            await output.FlushAsync(cancellationToken);
            if (stream.Statistics is { Blocks: var count } statistics && count % 40 == 0) await Report(Describe(statistics));
        }

        await Report(Describe(stream.Statistics));
    }

    static FormattableString Describe(VoiceStreamStatistics s) =>
        $"{s.Blocks} blocks: half below {s.Median.TotalMilliseconds:F0} ms, 99 % below {s.P99.TotalMilliseconds:F0} ms, longest {s.Longest.TotalMilliseconds:F0} ms; {s.Late} late, {s.Silent} silent";

    static Task Report(FormattableString line) => Console.Error.WriteLineAsync(line.ToString(CultureInfo.InvariantCulture));
}
