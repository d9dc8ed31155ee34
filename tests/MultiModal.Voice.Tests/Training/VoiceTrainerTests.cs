using MultiModal.Audio;
using MultiModal.Runtime;
using MultiModal.Runtime.Training;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;
using MultiModal.Voice.Conversion;
using MultiModal.Voice.Tests.Conversion;
using MultiModal.Voice.Training;

namespace MultiModal.Voice.Tests.Training;

public sealed class VoiceTrainerTests
{
    [Fact]
    public async Task What_is_trained_converts()
    {
        using var folder = new TemporaryFolder();
        var file = await TrainAsync(folder, TinyTraining.Options(folder, "voice", 2));
        Assert.Equal(["D_2.pth", "G_2.pth", "config.json"], Directory.GetFiles(folder.File("voice")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        await using var voice = await VoiceModel.LoadAsync(file, new() { Encoder = new PlainEncoder() });
        Assert.Equal(["s0", "s1"], voice.Speakers.Keys.Order(StringComparer.Ordinal));
        Assert.True(voice.CanPredictPitch);
        var made = await voice.ConvertAsync(TinyVoice.Sound(0.5, 16000), new() { Speaker = "s1" });
        Assert.Equal(8000, made.FrameCount);
        Assert.True(made.IsFinite());
    }

    [Theory]
    [InlineData(TrainingStage.Direct, "mel")]
    [InlineData(TrainingStage.Decoder, "mel")]
    [InlineData(TrainingStage.Prior, "kl")]
    public async Task Each_stage_makes_its_loss_smaller(TrainingStage stage, string loss)
    {
        using var folder = new TemporaryFolder();
        var seen = new List<double>();
        await TrainAsync(folder, TinyTraining.Options(folder, "voice", 60, stage, adversarial: false), p => seen.Add(p.Losses[loss]));
        // Means of ten, as every step draws others.
        Assert.True(seen.TakeLast(10).Average() < 0.9 * seen.Take(10).Average(), $"{loss} went from {seen.Take(10).Average()} to {seen.TakeLast(10).Average()}");
    }

    [Fact]
    public async Task A_run_that_is_cancelled_goes_on_to_the_same_weights()
    {
        using var folder = new TemporaryFolder();
        var whole = await TrainAsync(folder, TinyTraining.Options(folder, "whole", 7));
        var options = TinyTraining.Options(folder, "parts", 7);
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TrainAsync(folder, options, p =>
        {
            if (p.Step == 3) cancel.Cancel();
        }, cancel.Token));
        Assert.True(File.Exists(folder.File("parts/G_3.pth")));
        var parts = await TrainAsync(folder, options);
        AssertSame(whole, parts);
        AssertSame(folder.File("whole/D_7.pth"), folder.File("parts/D_7.pth"));
    }

    [Fact]
    public async Task Adding_up_gradients_leaves_the_number_of_clips_as_it_is()
    {
        using var folder = new TemporaryFolder();
        var options = TinyTraining.Options(folder, "voice", 3);
        await TrainAsync(folder, options with { Config = options.Config with { GradientAccumulationSteps = 4 } });
        using var file = TorchCheckpoint.Open(folder.File("voice/G_3.pth"));
        Assert.Contains("optimizer.state.0.exp_avg", file.Names);
    }

    [Fact]
    public async Task Only_the_parts_asked_for_move()
    {
        using var folder = new TemporaryFolder();
        var first = await TrainAsync(folder, TinyTraining.Options(folder, "base", 2));
        var second = await TrainAsync(folder, TinyTraining.Options(folder, "adapted", 2) with { BaseGenerator = first, BaseDiscriminator = folder.File("base/D_2.pth"), OnlyParts = VoiceAdaptation.Parts });
        using var a = TorchCheckpoint.Open(first);
        using var b = TorchCheckpoint.Open(second);
        Assert.Equal(a.Names.Where(IsOfModel).Order(StringComparer.Ordinal), b.Names.Where(IsOfModel).Order(StringComparer.Ordinal));
        foreach (var name in a.Names.Where(IsOfModel))
        {
            var same = Bytes(a, name).AsSpan().SequenceEqual(Bytes(b, name));
            if (!name.StartsWith("model.dec.", StringComparison.Ordinal) && !name.StartsWith("model.emb_g.", StringComparison.Ordinal)) Assert.True(same, name);
        }

        Assert.False(Bytes(a, "model.dec.conv_pre.weight_v").AsSpan().SequenceEqual(Bytes(b, "model.dec.conv_pre.weight_v")));
    }

    [Fact]
    public async Task A_base_without_a_posterior_is_refused_where_the_stage_needs_one()
    {
        using var folder = new TemporaryFolder();
        var direct = await TrainAsync(folder, TinyTraining.Options(folder, "direct", 1, TrainingStage.Direct));
        var error = await Assert.ThrowsAsync<VoiceTrainingException>(() =>
            TrainAsync(folder, TinyTraining.Options(folder, "full", 1) with { BaseGenerator = direct, OnlyParts = VoiceAdaptation.Parts }));
        Assert.Contains("enc_q", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Adaptation_takes_the_stage_its_base_was_trained_in_and_wants_half_a_minute()
    {
        using var folder = new TemporaryFolder();
        var full = await TrainAsync(folder, TinyTraining.Options(folder, "full", 1));
        var direct = await TrainAsync(folder, TinyTraining.Options(folder, "direct", 1, TrainingStage.Direct));
        var options = VoiceAdaptation.Options(TinyTraining.Config, full, null, folder.File("new"));
        Assert.Equal(TrainingStage.Full, options.Stage);
        Assert.Equal(TrainingStage.Direct, VoiceAdaptation.Options(TinyTraining.Config, direct, null, folder.File("new")).Stage);
        var data = await TinyTraining.DataAsync(folder);
        Assert.Contains("half a minute", (await Assert.ThrowsAsync<ArgumentException>(() => VoiceAdaptation.RunAsync(data, options))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_speakers_other_rates_and_sizes_are_refused()
    {
        using var folder = new TemporaryFolder();
        var one = TinyTraining.Options(folder, "one", 1, TrainingStage.Direct);
        var alone = await TinyTraining.DataAsync(folder, speakers: 1);
        string file;
        await using (var trainer = await VoiceTrainer.CreateAsync(alone, one)) file = await trainer.RunAsync();
        await Assert.ThrowsAsync<VoiceTrainingException>(() => TrainAsync(folder, one with { Folder = folder.File("two"), BaseGenerator = file }));
        await Assert.ThrowsAsync<ArgumentException>(() => TrainAsync(folder, one with { Config = one.Config with { SampleRate = 22050 } }));
        await Assert.ThrowsAsync<ArgumentException>(() => TrainAsync(folder, one with { Config = one.Config with { UpsampleRates = [8, 4] } }));
        await Assert.ThrowsAsync<WeightMismatchException>(() => VoiceTrainer.CreateAsync(alone, one with { Folder = folder.File("wide"), BaseGenerator = file, Config = one.Config with { HiddenChannels = 32 } }));
    }

    [Fact]
    public async Task A_loss_that_is_no_number_stops_the_run_and_names_the_step()
    {
        using var folder = new TemporaryFolder();
        var options = TinyTraining.Options(folder, "voice", 50, TrainingStage.Direct, adversarial: false);
        var error = await Assert.ThrowsAsync<TrainingDivergedException>(() => TrainAsync(folder, options with { Config = options.Config with { LearningRate = 1e30 } }));
        Assert.InRange(error.Step, 1, 49);
        Assert.False(File.Exists(folder.File("voice/G_50.pth")));
    }

    [Fact]
    public void Parameters_are_in_the_originals_order()
    {
        using var original = TorchCheckpoint.Open(RepositoryFolder.PathOf("tests/Fixtures/voice/models/tiny-svc-4.1/G_800.pth"));
        var names = original.Names.Where(IsOfModel).Select(n => n["model.".Length..]).ToList();
        Assert.Equal(names, names.Order(StringComparer.Ordinal).Order(ParameterOrder.Instance));
    }

    [Fact]
    public async Task A_config_is_written_as_it_was_read()
    {
        using var folder = new TemporaryFolder();
        var config = await VoiceTrainingConfig.LoadAsync(RepositoryFolder.PathOf("tests/Fixtures/voice/models/tiny-svc-4.1/config.json"));
        Assert.Equal((6, 10240, 2, 16, true), (config.BatchSize, config.SegmentSize, config.Layers, config.HiddenChannels, config.VolumeEmbedding));
        await config.WriteAsync(folder.File("config.json"), new Dictionary<string, int> { ["a"] = 0 }, 1, "vec768l12", 32);
        var again = await VoiceTrainingConfig.LoadAsync(folder.File("config.json"));
        Assert.Equivalent(config, again, strict: true);
    }

    [Fact]
    public async Task A_config_of_the_common_guides_is_understood()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("config.json", """{"train": {"batch_size": 16, "learning_rate": 3e-4, "epochs": 500, "gradient_accumulation_steps": 4}, "model": {"inter_channels": 192, "hidden_channels": 192, "filter_channels": 768}}"""u8);
        var config = await VoiceTrainingConfig.LoadAsync(path);
        Assert.Equal((16, 3e-4, 500, 4), (config.BatchSize, config.LearningRate, config.Epochs, config.GradientAccumulationSteps));
        var transformer = folder.Write("other.json", """{"model": {"use_transformer_flow": true}}"""u8);
        await Assert.ThrowsAsync<InvalidFileException>(() => VoiceTrainingConfig.LoadAsync(transformer));
    }

    static async Task<string> TrainAsync(TemporaryFolder folder, VoiceTrainingOptions options, Action<VoiceTrainingProgress>? seen = null, CancellationToken cancellationToken = default)
    {
        var data = await TinyTraining.DataAsync(folder);
        await using var trainer = await VoiceTrainer.CreateAsync(data, options, CancellationToken.None);
        return await trainer.RunAsync(seen is null ? null : new Listener(seen), cancellationToken);
    }

    static void AssertSame(string first, string second)
    {
        using var a = TorchCheckpoint.Open(first);
        using var b = TorchCheckpoint.Open(second);
        Assert.Equal(a.Names, b.Names);
        foreach (var name in a.Names) Assert.True(Bytes(a, name).AsSpan().SequenceEqual(Bytes(b, name)), name);
    }

    static byte[] Bytes(TorchCheckpoint file, string name) => file.Get(name).ToTensorData().Bytes.ToArray();

    static bool IsOfModel(string name) => name.StartsWith("model.", StringComparison.Ordinal);

    sealed class Listener(Action<VoiceTrainingProgress> seen) : IProgress<VoiceTrainingProgress>
    {
        public void Report(VoiceTrainingProgress value) => seen(value);
    }
}
