using MultiModal.Diffusion.Adapters;
using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Training;
using MultiModal.Images;
using MultiModal.Runtime;
using MultiModal.Runtime.Training;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Training;

public sealed class LoraTrainerTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static string Model(string name = "tiny-sd15") => Fixtures.PathOf($"diffusion/models/{name}");

    static LoraTrainingOptions Options => new() { Name = "squares", Steps = 6, BatchSize = 2, LearningRate = 5e-3, Rank = 4, Seed = 3, StoredType = DType.Float32 };

    [Theory]
    [InlineData("tiny-sd15", LoraTargetLayers.Attention, false)]
    [InlineData("tiny-sd15", LoraTargetLayers.Convolutions, true)]
    [InlineData("tiny-sd21v", LoraTargetLayers.Linear, false)]
    [InlineData("tiny-sdxl", LoraTargetLayers.Linear, false)]
    [InlineData("tiny-sdxl", LoraTargetLayers.Convolutions, true)]
    public async Task Both_files_load_fit_every_layer_and_draw_the_same(string name, LoraTargetLayers targets, bool text)
    {
        if (!Directory.Exists(Model(name))) return;
        var options = Options with { Targets = targets, TrainText = text, Alpha = 2, ConvolutionRank = 3, MinSnrGamma = 5, NoiseOffset = 0.05f, CaptionDropout = 0.2f };
        var trained = await LoraTrainer.TrainAsync(Model(name), await TrainingPictures.ColoursAsync(folder), folder.File("lora"), options);
        Assert.Equal(6, trained.Steps);
        using var kohya = await LoraWeights.LoadAsync(trained.KohyaFile);
        using var peft = await LoraWeights.LoadAsync(folder.File("lora"));
        Assert.Equal("squares", kohya.Name);
        Assert.Equal((4, kohya.LayerCount), (kohya.MaximumRank, peft.LayerCount));
        Assert.Equal((4, 2f, "squares"), (kohya.Metadata.Rank, kohya.Metadata.Alpha, kohya.Metadata.OutputName));
        Assert.Equal(await kohya.WeightsHashAsync(), kohya.Metadata.Entries["sshs_model_hash"]);

        await using var model = await DiffusionModel.LoadAsync(Model(name));
        var request = new ImageRequest("a red square") { Seed = 5, Steps = 3, Width = 32, Height = 32, Scheduler = "DDIMScheduler" };
        var plain = (await model.GenerateAsync(request))[0].Image;
        var one = (await model.GenerateAsync(request with { Loras = [new(kohya) { Strict = true }] }))[0].Image;
        var other = (await model.GenerateAsync(request with { Loras = [new(peft) { Strict = true }] }))[0].Image;
        Assert.False(plain.Pixels.SequenceEqual(one.Pixels));
        for (var i = 0; i < one.Pixels.Length; i++) Assert.InRange(other.Pixels[i], one.Pixels[i] - 1, one.Pixels[i] + 1);
    }

    [Fact]
    public async Task Training_lowers_the_loss_of_what_it_sees()
    {
        var losses = new List<double>();
        var options = Options with { Steps = 60, BatchSize = 3, LearningRate = 1e-2, Rank = 8, Targets = LoraTargetLayers.Convolutions, FirstTimestep = 500, CheckpointEvery = 0 };
        await LoraTrainer.TrainAsync(Model(), await TrainingPictures.ColoursAsync(folder), folder.File("lora"), options, new Progress(p => losses.Add(p.Loss)));
        Assert.Equal(60, losses.Count);

        // The tiny model is random: at first it predicts next to nothing, and the loss is that of the noise itself.
        Assert.True(losses[^10..].Average() < 0.8 * losses[..10].Average(), $"{losses[..10].Average():F3} fell to {losses[^10..].Average():F3} only");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_training_that_was_stopped_goes_on_to_the_same_weights(int accumulation)
    {
        var dataset = await TrainingPictures.ColoursAsync(folder);
        var options = Options with { Steps = 8, GradientAccumulation = accumulation, AverageDecay = 0.9, Mirror = true, WarmupSteps = 3, LearningRateShape = LearningRateShape.Cosine, CheckpointEvery = 3 };
        var whole = await LoraTrainer.TrainAsync(Model(), dataset, folder.File("whole"), options);

        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => LoraTrainer.TrainAsync(
            Model(), dataset, folder.File("parts"), options, new Progress(p => { if (p.Step == 5) stop.Cancel(); }), stop.Token));
        var steps = new List<long>();
        var parts = await LoraTrainer.TrainAsync(Model(), dataset, folder.File("parts"), options, new Progress(p => steps.Add(p.Step)));
        Assert.Equal([6L, 7L, 8L], steps);
        using var first = SafetensorsFile.Open(whole.KohyaFile);
        using var second = SafetensorsFile.Open(parts.KohyaFile);
        Assert.Equal(first.Names.Order(StringComparer.Ordinal), second.Names.Order(StringComparer.Ordinal));
        foreach (var name in first.Names)
            Assert.True(first.Get(name).ToTensorData().Bytes.SequenceEqual(second.Get(name).ToTensorData().Bytes), name);

        // What was trained with other settings is not gone on with.
        await Assert.ThrowsAsync<InvalidFileException>(() => LoraTrainer.TrainAsync(Model(), dataset, folder.File("parts"), options with { Seed = 4, Steps = 9 }));
    }

    [Fact]
    public async Task Samples_are_drawn_on_the_way_and_logs_are_written()
    {
        var options = Options with { Steps = 4, SampleEvery = 2, SamplePrompts = ["a red square", "a blue square"], LatentCache = folder.File("cache") };
        await LoraTrainer.TrainAsync(Model(), await TrainingPictures.ColoursAsync(folder), folder.File("lora"), options);
        var samples = Directory.GetFiles(folder.File("lora/samples")).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal);
        Assert.Equal(["step-000002-1.png", "step-000002-2.png", "step-000004-1.png", "step-000004-2.png"], samples);
        Assert.Equal(32, (await PngCodec.Default.LoadAsync(folder.File("lora/samples/step-000004-2.png"))).Width);
        Assert.NotEmpty(Directory.GetFiles(folder.File("lora/logs"), "events.out.tfevents.*"));
        Assert.Equal(3, Directory.GetFiles(folder.File("cache")).Length);
    }

    [Fact]
    public async Task Pictures_of_several_shapes_train_in_buckets_of_their_own()
    {
        TrainingPictures.Write(folder, "data/wide.png", new ImageBuffer(64, 32), "wide");
        TrainingPictures.Write(folder, "data/tall.png", new ImageBuffer(32, 64), "tall");
        TrainingPictures.Write(folder, "data/square.png", new ImageBuffer(40, 40), "square");
        var dataset = await Diffusion.Training.Data.ImageDataset.OpenAsync(folder.File("data"), new() { Resolution = 32, BucketStep = 8 });
        Assert.Equal(3, dataset.Images.Select(i => (i.Placement.Width, i.Placement.Height)).Distinct().Count());
        var trained = await LoraTrainer.TrainAsync(Model(), dataset, folder.File("lora"), Options);
        using var lora = await LoraWeights.LoadAsync(trained.KohyaFile);
        Assert.Contains("\"count\":1", lora.Metadata.Entries["ss_bucket_info"], StringComparison.Ordinal);
        Assert.Equal(["square", "tall", "wide"], lora.Metadata.Tags.Select(t => t.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Nonsense_is_refused_before_anything_is_loaded()
    {
        var dataset = await TrainingPictures.ColoursAsync(folder);
        foreach (var bad in (LoraTrainingOptions[])
                 [
                     Options with { Rank = 0 }, Options with { Steps = 0 }, Options with { LearningRate = double.NaN }, Options with { Alpha = -1 }, Options with { TrainUNet = false },
                     Options with { CaptionDropout = 2 }, Options with { Name = "a/b" }, Options with { StoredType = DType.Int64 }, Options with { AverageDecay = 1 },
                 ])
            await Assert.ThrowsAnyAsync<ArgumentException>(() => LoraTrainer.TrainAsync("nowhere", dataset, folder.File("lora"), bad));
        await Assert.ThrowsAsync<ArgumentException>(() => LoraTrainer.TrainAsync(Model(), dataset, folder.File("lora"), Options with { LastTimestep = 1000 }));
    }

    sealed class Progress(Action<TrainingProgress> tell) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => tell(value);
    }
}
