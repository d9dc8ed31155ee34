using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MultiModal.Audio;
using MultiModal.Runtime.Sessions;
using MultiModal.Voice.Conversion;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Benchmarks.Voice;

/// <summary>So-VITS-SVC 4.1 at its true size: the synthesizer against the MatMul rate, a file against its duration, a stream against its blocks.</summary>
static class VoiceCommand
{
    const double SynthesizerOperations = 540e9;
    const int SynthesizerFrames = 862;

    public static Command Create()
    {
        var folder = new Option<string>("--folder") { Description = "Where the generated model is or will be (540 MB).", DefaultValueFactory = _ => "artifacts/bench/svc41" };
        var runs = new Option<int>("--runs") { Description = "Synthesizer runs after the first.", DefaultValueFactory = _ => 5 };
        var seconds = new Option<double>("--seconds") { Description = "The file's duration; 0 to leave it out.", DefaultValueFactory = _ => 60 };
        var minutes = new Option<double>("--minutes") { Description = "The stream's duration; 0 to leave it out.", DefaultValueFactory = _ => 5 };
        var block = new Option<int>("--block") { Description = "The stream's block in milliseconds.", DefaultValueFactory = _ => 250 };
        var profile = new Option<string?>("--profile") { Description = "Also write how long each operator took, to files that begin so (see the command profile)." };
        var command = new Command("svc41", "So-VITS-SVC 4.1 at full size.") { folder, runs, seconds, minutes, block, profile };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            FullSizeVoice.Write(arguments.GetRequiredValue(folder));
            var clock = Stopwatch.StartNew();
            await using var voice = await VoiceModel.LoadAsync(
                FullSizeVoice.Generator(arguments.GetRequiredValue(folder)), new() { Runtime = new() { ProfilePrefix = arguments.GetValue(profile) } }, cancellationToken);
            Print($"load                    {clock.Elapsed.TotalSeconds,8:F2} s");
            if (arguments.GetValue(runs) > 0) await SynthesizeAsync(voice, arguments.GetValue(runs), cancellationToken);
            if (arguments.GetValue(seconds) > 0) await ConvertAsync(voice, arguments.GetValue(seconds), cancellationToken);
            if (arguments.GetValue(minutes) > 0) await StreamAsync(voice, arguments.GetValue(minutes), arguments.GetValue(block), cancellationToken);
        });
        return command;
    }

    static async Task SynthesizeAsync(VoiceModel voice, int runs, CancellationToken cancellationToken)
    {
        using var rate = await MatMulRate.CreateAsync(new RuntimeOptions());
        rate.Measure();
        var (content, pitch, voicing, volume) = (
            new float[768 * SynthesizerFrames], new float[SynthesizerFrames], new float[SynthesizerFrames], new float[SynthesizerFrames]);
        for (var i = 0; i < content.Length; i++) content[i] = MathF.Sin(i * 0.37f);
        for (var i = 0; i < SynthesizerFrames; i++) (pitch[i], voicing[i], volume[i]) = (200 + (50 * MathF.Sin(i * 0.02f)), 1, 0.1f);
        var input = new SynthesizerInput { Content = content, Pitch = pitch, Voicing = voicing, Volume = volume, SpeakerWeights = new float[] { 1 } };
        var times = new List<double>();
        for (var i = 0; i <= runs; i++)
        {
            var clock = Stopwatch.StartNew();
            await voice.Synthesizer!.RunAsync(input, cancellationToken);
            times.Add(clock.Elapsed.TotalSeconds);
            rate.Measure(1);
        }

        var warm = times.Skip(1).Order().ElementAt(runs / 2);
        Print($"MatMul 2048^3           {rate.Median / 1e9,8:F0} GFLOP/s");
        Print($"synthesizer, first run  {times[0],8:F2} s   efficiency {SynthesizerOperations / times[0] / rate.Median:F2}");
        Print($"synthesizer, warm       {warm,8:F2} s   efficiency {SynthesizerOperations / warm / rate.Median:F2}   for {SynthesizerFrames * 512 / 44100.0:F1} s of sound");
    }

    static async Task ConvertAsync(VoiceModel voice, double seconds, CancellationToken cancellationToken)
    {
        var input = new AudioClip(Speech(seconds, 44100), 44100);
        var clock = Stopwatch.StartNew();
        await voice.ConvertAsync(input, new() { Pitch = PitchMethod.Praat, LongestSlice = TimeSpan.FromSeconds(20) }, cancellationToken: cancellationToken);
        Print($"file of {seconds,4:F0} s, pm        {clock.Elapsed.TotalSeconds,8:F2} s   faster than real time by {seconds / clock.Elapsed.TotalSeconds:F2}");
    }

    static async Task StreamAsync(VoiceModel voice, double minutes, int milliseconds, CancellationToken cancellationToken)
    {
        const int Rate = 48000;
        using var stream = await voice.OpenStreamAsync(new() { SampleRate = Rate, BlockLength = Rate * milliseconds / 1000, GateDb = double.NegativeInfinity }, cancellationToken);
        var speech = Speech(20, Rate);
        var output = new float[stream.BlockLength];
        var blocks = (int)(minutes * 60 * Rate / stream.BlockLength);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0, at = 0; i < blocks && !cancellationToken.IsCancellationRequested; i++, at += stream.BlockLength)
        {
            if (at + stream.BlockLength > speech.Length) at = 0;
            stream.Process(speech.AsSpan(at, stream.BlockLength), output);
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var (statistics, block) = (stream.Statistics, TimeSpan.FromMilliseconds(milliseconds));
        Print($"stream, block {milliseconds} ms    {statistics.Median.TotalMilliseconds,8:F0} ms  p99 {statistics.P99.TotalMilliseconds:F0} ms, {statistics.P99 / block:F2} of a block; longest {statistics.Longest.TotalMilliseconds:F0} ms");
        Print($"  late blocks           {statistics.Late,8}     of {statistics.Blocks}; {allocated} bytes allocated; {statistics.InvalidSamples} invalid samples");
        Print($"  latency               {stream.AlgorithmicLatency.TotalMilliseconds,8:F0} ms  by algorithm, {(stream.AlgorithmicLatency + statistics.P99).TotalMilliseconds:F0} ms with processing at p99");
    }

    /// <summary>Something like speech: syllables of a gliding voice with formants, and pauses.</summary>
    static float[] Speech(double seconds, int rate)
    {
        var samples = new float[(int)(seconds * rate)];
        var phase = 0.0;
        for (var i = 0; i < samples.Length; i++)
        {
            var t = i / (double)rate;
            phase += (140 + (40 * Math.Sin(1.7 * t)) + (15 * Math.Sin(9 * t))) / rate;
            var loud = Math.Max(0, Math.Sin(2 * Math.PI * 3.1 * t)) * (t % 8 < 6.5 ? 1 : 0);
            var value = 0.0;
            for (var h = 1; h <= 12; h++) value += Math.Sin(2 * Math.PI * h * phase) / h;
            samples[i] = (float)(0.12 * loud * value);
        }

        return samples;
    }

    static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
