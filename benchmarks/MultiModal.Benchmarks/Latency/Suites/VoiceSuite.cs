using BenchmarkDotNet.Attributes;
using MultiModal.Audio;
using MultiModal.Voice.Conversion;
using MultiModal.Voice.Streaming;

namespace MultiModal.Benchmarks.Latency.Suites;

/// <summary>A sentence converted as a whole, and a block of a stream.</summary>
public class VoiceSuite
{
    readonly AudioClip sentence = TargetsCommand.Sentence(4);
    VoiceModel model = null!;
    VoiceStream stream = null!;
    float[] block = [], converted = [];

    /// <summary>Loads the model.</summary>
    [GlobalSetup]
    public void Load()
    {
        // The toolchain within the process does not wait for tasks of a set-up.
        model = MeasuredModels.LoadVoiceAsync().GetAwaiter().GetResult();
        stream = model.OpenStreamAsync(new() { SampleRate = 44100 }).GetAwaiter().GetResult();
        (block, converted) = (sentence.Channel(0)[..stream.BlockLength].ToArray(), new float[stream.BlockLength]);
    }

    /// <summary>Unloads the model.</summary>
    [GlobalCleanup]
    public void Unload()
    {
        stream.Dispose();
        model.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    /// <summary>A sentence of 4 seconds.</summary>
    [Benchmark]
    public Task<AudioClip> Sentence() => model.ConvertAsync(sentence, new() { Pitch = PitchMethod.Praat });

    /// <summary>A quarter of a second of a stream.</summary>
    [Benchmark]
    public void Block() => stream.Process(block, converted);
}
