using System.Diagnostics;
using System.Globalization;
using MultiModal.Audio;
using MultiModal.Runtime;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;
using MultiModal.Voice.Content;
using MultiModal.Voice.Training;
using MultiModal.Voice.Training.Data;
using MultiModal.Voice.Training.Encoders;
using TrainDemoVoice.Corpus;

namespace TrainDemoVoice;

/// <summary>The demo voice, part by part.</summary>
sealed class Recipe(string work, string model, int? steps, int encoderSteps, int threads)
{
    const int Sentences = 600, SentencesOfTeacher = 36;

    readonly RuntimeOptions runtime = new() { Threads = threads };

    string Recordings => Path.Combine(work, "recordings");

    string Speech => Path.Combine(work, "speech");

    string Encoder => Path.Combine(work, "hubert");

    string Checkpoints => Path.Combine(work, "voice");

    /// <summary>The size of the voice: 16 kHz, 62.5 frames a second, 3 million parameters.</summary>
    static VoiceTrainingConfig Config => new()
    {
        SampleRate = 16000,
        SourceSampleRate = 16000,
        FilterLength = 1024,
        HopLength = 256,
        // Twice the original's, so that harmonics are told apart.
        MelChannels = 160,
        SegmentSize = 32 * 256,
        BatchSize = 12,
        LearningRate = 1.5e-3,
        LearningRateDecay = 0.955,
        WarmupEpochs = 1,
        Epochs = 36,
        EvaluationInterval = 250,
        KeepCheckpoints = 2,
        InterChannels = 96,
        HiddenChannels = 128,
        FilterChannels = 384,
        Layers = 3,
        FlowLayers = 1,
        SpeakerChannels = 32,
        PairedResiduals = false,
        ResidualKernels = [3, 7],
        ResidualDilations = [[1, 3], [1, 3]],
        UpsampleRates = [8, 8, 4],
        UpsampleKernels = [16, 16, 8],
        UpsampleInitialChannels = 128,
        PredictsPitch = false,
    };

    public async Task CorpusAsync(CancellationToken cancellationToken)
    {
        var sentences = TrainDemoVoice.Corpus.Sentences.Make(4000, 1);
        var clock = Stopwatch.StartNew();
        foreach (var target in Voices.Targets)
            await CorpusMaker.MakeAsync(Path.Combine(Recordings, target), $"flite-{target}", [.. sentences.Take(Sentences)], 1, cancellationToken);
        string[] teachers = [.. Voices.FliteTeachers.Select(v => $"flite-{v}"), .. Voices.Teachers.Select(v => $"espeak-{v}")];
        for (var i = 0; i < teachers.Length; i++)
        {
            var own = sentences.Skip(Sentences + (i * SentencesOfTeacher) % (4000 - Sentences - SentencesOfTeacher)).Take(SentencesOfTeacher);
            await CorpusMaker.MakeAsync(Path.Combine(Speech, teachers[i]), teachers[i], [.. own], i, cancellationToken);
        }

        foreach (var stranger in Voices.Strangers)
            await CorpusMaker.MakeAsync(Path.Combine(work, "strangers", stranger), stranger, TrainDemoVoice.Corpus.Sentences.Make(12, 77), 7, cancellationToken);
        Console.WriteLine(Text($"corpus: {clock.Elapsed.TotalSeconds:0} s"));
    }

    public async Task EncoderAsync(CancellationToken cancellationToken)
    {
        if (File.Exists(Path.Combine(Encoder, "model.safetensors"))) return;
        var speech = await ReadAsync([.. Directory.EnumerateDirectories(Speech), .. Directory.EnumerateDirectories(Recordings)], cancellationToken);
        var strangers = await ReadAsync([.. Directory.EnumerateDirectories(Path.Combine(work, "strangers"))], cancellationToken);
        Console.WriteLine(Text($"encoder: {speech.Count} sentences, {speech.Sum(s => (double)s.Samples.Length) / 16000 / 60:0.0} min"));
        var clock = Stopwatch.StartNew();
        var progress = new Reports<EncoderProgress>(p =>
        {
            if (p.Step % 20 == 0 || p.HeldOut is not null)
                Console.WriteLine(Text($"encoder {p.Step}/{p.Steps} loss {p.Loss:0.000} accuracy {p.Accuracy:0.000} {(p.HeldOut is { } held ? Text($"strangers {held:0.000} ") : "")}{clock.Elapsed.TotalSeconds / p.Step:0.000} s/step"));
        });
        await ContentEncoderTrainer.TrainAsync(speech, strangers, Encoder, new() { Labels = Phones.All, Steps = encoderSteps }, runtime, progress, cancellationToken);
    }

    public async Task VoiceAsync(CancellationToken cancellationToken)
    {
        var clips = Path.Combine(work, "clips");
        if (!Directory.Exists(clips))
            Console.WriteLine(await DatasetPreparation.RunAsync(Recordings, clips, new() { SampleRate = 16000, ShortestClip = TimeSpan.FromSeconds(0.6) }, cancellationToken: cancellationToken));
        await using var encoder = await ContentEncoders.LoadAsync("hubert", Encoder, [], runtime, cancellationToken);
        var data = await VoiceDataset.OpenAsync(clips, encoder, new() { SampleRate = 16000, Hop = 256, UnitRates = [90, 110] }, cancellationToken: cancellationToken);
        Console.WriteLine(Text($"voice: {data.Count} clips, {data.Duration.TotalMinutes:0.0} min"));
        await using var trainer = await VoiceTrainer.CreateAsync(
            data, new() { Config = Config, Folder = Checkpoints, Stage = TrainingStage.Direct, Adversarial = false, CropFrames = 100, ClipNorm = 100, Steps = steps, Runtime = runtime }, cancellationToken);
        var clock = Stopwatch.StartNew();
        var first = trainer.Step;
        var progress = new Reports<VoiceTrainingProgress>(p =>
        {
            if (p.Step % 20 == 0 || p.Checkpoint is not null)
                Console.WriteLine(Text($"voice {p.Step}/{p.Steps} epoch {p.Epoch} {string.Join(' ', p.Losses.Select(l => Text($"{l.Key} {l.Value:0.000}")))} norm {p.GradientNorm:0.0} rate {p.LearningRate:0.00000} {(p.Validation is { } held ? Text($"held out {held:0.000} ") : "")}{clock.Elapsed.TotalSeconds / (p.Step - first):0.000} s/step"));
        });
        await trainer.RunAsync(progress, cancellationToken);
    }

    public void Export(CancellationToken cancellationToken) => Exporter.Run(Checkpoints, Encoder, model, cancellationToken);

    static async Task<IReadOnlyList<LabelledSpeech>> ReadAsync(IReadOnlyList<string> folders, CancellationToken cancellationToken)
    {
        var speech = new List<LabelledSpeech>();
        foreach (var file in folders.Order(StringComparer.Ordinal).SelectMany(f => Directory.EnumerateFiles(f, "*.wav").Order(StringComparer.Ordinal)))
        {
            var clip = await WavFile.ReadAsync(file, cancellationToken: cancellationToken);
            var phonemes = await PhonemeTimes.LoadAsync(Path.ChangeExtension(file, ".json"), cancellationToken);
            if (PhonemeTimes.Check(phonemes, clip.Duration) is { } problem)
            {
                Console.WriteLine($"left out: {file}: {problem}");
                continue;
            }

            speech.Add(new(Array.ConvertAll(clip.Channel(0).ToArray(), s => (short)Math.Clamp(MathF.Round(s * 32768), -32768, 32767)), phonemes));
        }

        return speech;
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Reports at once and in order: a console program has no context to post to.</summary>
    sealed class Reports<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
