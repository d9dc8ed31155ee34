using MultiModal.Runtime;
using MultiModal.Runtime.Random;
using MultiModal.Voice.Pitch;
using MultiModal.Voice.Signal;
using MultiModal.Voice.Synthesis;
using MultiModal.Voice.Training.Data;
using MultiModal.Voice.Training.Networks;

namespace MultiModal.Voice.Training;

/// <summary>
/// Draws the clips of each step and fills the inputs of <see cref="GeneratorObjective"/>. What a step draws depends on the seed and the step's number
/// only, so that a resumed run goes on as it would have. Every epoch has an order of its own.
/// </summary>
sealed class VoiceBatches
{
    readonly IReadOnlyList<VoiceClip> clips;
    readonly VoiceTrainingConfig config;
    readonly SynthesizerConfig networks;
    readonly ObjectiveOptions objective;
    readonly Stft stft;
    readonly MelFilterBank filters;
    readonly Dictionary<string, TensorData> inputs;
    long[] order = [];
    long ordered = -1;

    /// <param name="clips">The clips; each at least a segment long.</param>
    /// <param name="config">Rates and the seed.</param>
    /// <param name="networks">The dimensions.</param>
    /// <param name="objective">The sizes of a step.</param>
    /// <param name="inputs">The names of the inputs that are wanted.</param>
    public VoiceBatches(IReadOnlyList<VoiceClip> clips, VoiceTrainingConfig config, SynthesizerConfig networks, ObjectiveOptions objective, IEnumerable<string> inputs)
    {
        (this.clips, this.config, this.networks, this.objective) = (clips, config, networks, objective);
        stft = new(config.FilterLength, config.HopLength);
        var mel = config.Mel;
        filters = new(mel.SampleRate, mel.FftSize, mel.Mels, mel.Lowest, mel.Highest, mel.Scale);
        this.inputs = inputs.ToDictionary(name => name, Make, StringComparer.Ordinal);
    }

    /// <summary>Steps that go through all clips once.</summary>
    public long StepsPerEpoch => Math.Max(1, clips.Count / objective.Batch);

    /// <summary>Fills the inputs of a step. They are the same tensors every time.</summary>
    public IReadOnlyDictionary<string, TensorData> Fill(long step)
    {
        var epoch = step / StepsPerEpoch;
        if (epoch != ordered) (order, ordered) = (new TorchRandom(unchecked(config.Seed + (ulong)epoch)).Permutation(clips.Count), epoch);
        foreach (var tensor in inputs.Values) tensor.Bytes.Clear();
        var first = step % StepsPerEpoch * objective.Batch;
        Parallel.For(0, objective.Batch, item =>
        {
            var random = new TorchRandom(unchecked((((config.Seed * 1_000_003) + (ulong)step) * 4099) + (ulong)item));
            Fill(item, clips[(int)order[(first + item) % clips.Count]], random);
        });
        return inputs;
    }

    void Fill(int item, VoiceClip clip, TorchRandom random)
    {
        var (frames, segment) = (objective.Frames, objective.SegmentFrames);
        var length = Math.Min(frames, clip.Frames);
        var start = (int)random.Integer(0, clip.Frames - length + 1);
        var slice = (int)random.Integer(0, length - segment + 1);
        var pitch = clip.Pitch.Continuous.Slice(start, length);
        if (Wanted("speaker") is { } speaker) speaker.Longs[item] = clip.Speaker;
        if (Wanted("mask") is { } mask) mask.Floats.Slice(item * frames, length).Fill(1);
        if (Wanted("voiced") is { } voiced)
            for (var t = 0; t < length; t++) voiced.Longs[(item * frames) + t] = clip.Pitch.Hertz[start + t] > 0 ? 1 : 0;
        if (Wanted("coarse") is { } coarse) CoarsePitch.Quantize(pitch).CopyTo(coarse.Longs[(item * frames)..]);
        if (Wanted("pitch") is { } hertz) pitch.CopyTo(hertz.Floats[(item * frames)..]);
        if (Wanted("factor") is { } factor) random.Uniform(factor.Floats.Slice(item, 1), 0.8f, 1.2f);
        if (Wanted("content") is { } content) FillContent(content.Floats.Slice(item * networks.ContentChannels * frames), clip, start, length, random);
        if (Wanted("volume") is { } volume) FillVolume(volume.Floats.Slice(item * frames, length), clip, start);
        if (Wanted("noise") is { } noise) random.Normal(noise.Floats.Slice(item * networks.InterChannels * frames, networks.InterChannels * frames));
        if (Wanted("spectrum") is { } spectrum) FillSpectrum(spectrum.Floats.Slice(item * stft.BinCount * frames), clip, start, length);
        if (Wanted("selection") is { } selection)
            for (var t = 0; t < segment; t++) selection.Floats[(((item * frames) + slice + t) * segment) + t] = 1;
        var samples = segment * config.HopLength;
        if (Wanted("sound") is { } sound) Read(clip, (start + slice) * config.HopLength, sound.Floats.Slice(item * samples, samples));
        if (Wanted("mel") is { } mel) FillMel(mel.Floats.Slice(item * config.MelChannels * segment), clip, start + slice);
        if (Wanted("harmonics") is not { } harmonics) return;
        var count = networks.Decoder.Harmonics;
        var part = harmonics.Floats.Slice(item * samples * count, samples * count);
        Span<float> phases = stackalloc float[count];
        random.Uniform(phases);
        random.Normal(part);
        HarmonicSource.Excite(config.SourceSampleRate, config.HopLength, count, pitch.Slice(slice, segment), phases, part);
    }

    TensorData? Wanted(string name) => inputs.GetValueOrDefault(name);

    /// <summary>Units spread over the clip's frames, of which a part is taken; of several variants one at random.</summary>
    void FillContent(Span<float> content, VoiceClip clip, int start, int length, TorchRandom random)
    {
        var units = clip.Units[(int)random.Integer(0, clip.Units.Count)];
        var (channels, count) = (networks.ContentChannels, units.Length / networks.ContentChannels);
        var indices = UnitAlignment.Indices(count, clip.Frames, config.UnitAlignment).AsSpan(start, length);
        for (var c = 0; c < channels; c++)
            for (var t = 0; t < length; t++) content[(c * objective.Frames) + t] = units[(c * count) + indices[t]];
    }

    void FillVolume(Span<float> volume, VoiceClip clip, int start)
    {
        var hop = config.HopLength;
        for (var t = 0; t < volume.Length; t++)
        {
            var sum = 0.0;
            for (var i = ((start + t) * hop) - (hop / 2); i < ((start + t) * hop) + (hop / 2); i++)
            {
                var x = clip.Samples[Reflection.Index(i, clip.Samples.Length)] / 32768.0;
                sum += x * x;
            }

            volume[t] = (float)Math.Sqrt(sum / hop);
        }
    }

    void FillSpectrum(Span<float> spectrum, VoiceClip clip, int start, int length)
    {
        var bins = stft.BinCount;
        var rows = new float[length * bins];
        Magnitudes(clip, start, length, rows);
        for (var t = 0; t < length; t++)
            for (var k = 0; k < bins; k++) spectrum[(k * objective.Frames) + t] = rows[(t * bins) + k];
    }

    void FillMel(Span<float> mel, VoiceClip clip, int start)
    {
        var (bins, segment) = (stft.BinCount, objective.SegmentFrames);
        var rows = new float[segment * bins];
        Magnitudes(clip, start, segment, rows);
        var column = new float[config.MelChannels];
        for (var t = 0; t < segment; t++)
        {
            filters.Apply(rows.AsSpan(t * bins, bins), column);
            for (var m = 0; m < column.Length; m++) mel[(m * segment) + t] = MathF.Log(Math.Max(column[m], 1e-5f));
        }
    }

    /// <summary>Magnitudes of frames in the midst of a clip, with what is around them: [frames, bins].</summary>
    void Magnitudes(VoiceClip clip, int start, int count, float[] rows)
    {
        var padding = StftPadding.Vits(config.FilterLength, config.HopLength);
        var around = new float[((count - 1) * config.HopLength) + config.FilterLength];
        Read(clip, (start * config.HopLength) - padding.Left, around);
        stft.Magnitudes(around, new(0, 0), 1e-6, rows);
    }

    static void Read(VoiceClip clip, int start, Span<float> samples)
    {
        for (var i = 0; i < samples.Length; i++) samples[i] = clip.Samples[Reflection.Index(start + i, clip.Samples.Length)] / 32768f;
    }

    TensorData Make(string name)
    {
        var (batch, frames, segment) = (objective.Batch, objective.Frames, objective.SegmentFrames);
        var samples = segment * config.HopLength;
        return name switch
        {
            "speaker" => TensorData.Zeros(DType.Int64, batch),
            "mask" or "pitch" => TensorData.Zeros(DType.Float32, batch, 1, frames),
            "voiced" or "coarse" => TensorData.Zeros(DType.Int64, batch, frames),
            "factor" => TensorData.Zeros(DType.Float32, batch, 1, 1),
            "content" => TensorData.Zeros(DType.Float32, batch, networks.ContentChannels, frames),
            "volume" => TensorData.Zeros(DType.Float32, batch, frames),
            "noise" => TensorData.Zeros(DType.Float32, batch, networks.InterChannels, frames),
            "spectrum" => TensorData.Zeros(DType.Float32, batch, stft.BinCount, frames),
            "selection" => TensorData.Zeros(DType.Float32, batch, frames, segment),
            "sound" => TensorData.Zeros(DType.Float32, batch, 1, samples),
            "mel" => TensorData.Zeros(DType.Float32, batch, config.MelChannels, segment),
            "harmonics" => TensorData.Zeros(DType.Float32, batch, samples, networks.Decoder.Harmonics),
            _ => throw new ArgumentException($"There is no input '{name}'.", nameof(name)),
        };
    }
}
