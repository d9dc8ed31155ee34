using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Networks;
using MultiModal.Diffusion.Schedulers;
using MultiModal.Diffusion.Text;
using MultiModal.Diffusion.Training;
using MultiModal.Diffusion.Training.Data;
using MultiModal.Diffusion.Training.Models;
using MultiModal.Images;
using MultiModal.Runtime.Training;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Training;

/// <summary>A whole model from nothing, small enough for seconds, which must truly learn what words mean.</summary>
public sealed class ModelTrainerTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_new_model_learns_what_its_pictures_look_like()
    {
        (string Word, int X, int Y)[] places = [("left", 0, 5), ("right", 10, 5), ("top", 5, 0), ("bottom", 5, 10)];
        foreach (var (word, x, y) in places) TrainingPictures.Write(folder, $"places/{word}.png", TrainingPictures.Square(30, 30, 30, 16, x, y, 6), $"a square at the {word}");
        var dataset = await ImageDataset.OpenAsync(folder.File("places"), new() { Resolution = 16, Buckets = false });
        var model = await CreateAsync(dataset);
        var vae = await VaeTrainer.TrainAsync(model, dataset, new() { Steps = 120, BatchSize = 4, LearningRate = 5e-3, WarmupSteps = 5, Mirror = false, SetScale = true });
        Assert.True(vae.Loss < 0.3, $"The autoencoder came to {vae.Loss:F3}.");
        var options = new ModelTrainingOptions
        {
            Steps = 200, BatchSize = 12, LearningRate = 3e-3, WarmupSteps = 10, LearningRateShape = LearningRateShape.Cosine, CaptionDropout = 0.1f, AverageDecay = 0.98, TrainText = true, CheckpointEvery = 0, Seed = 1,
        };

        var losses = new List<double>();
        await ModelTrainer.TrainAsync(model, dataset, model, options, new Progress(p => losses.Add(p.Loss)));
        Assert.True(losses[^30..].Average() < 0.7 * losses[..30].Average(), $"{losses[..30].Average():F3} fell to {losses[^30..].Average():F3} only");

        // What it draws is no blank sheet and no black one: dark on white, as all it has seen. (Which one, is what benchmarks judge on the demo model.)
        await using var drawing = await DiffusionModel.LoadAsync(model);
        var image = (await drawing.GenerateAsync(new("a square at the left") { Steps = 10, Guidance = 2, Seed = 7 }))[0].Image.WithChannels(1);
        var ink = image.Pixels.ToArray().Average(v => 255.0 - v);
        Assert.InRange(ink, 5, 150);
    }

    [Fact]
    public async Task A_stopped_training_of_all_weights_goes_on_to_the_same_ones()
    {
        var dataset = await TrainingPictures.ColoursAsync(folder, 16);
        var model = await CreateAsync(dataset);
        var options = new ModelTrainingOptions { Steps = 5, BatchSize = 2, LearningRate = 1e-3, TrainText = true, AverageDecay = 0.9, CheckpointEvery = 2, StoredType = Runtime.DType.Float32 };
        await ModelTrainer.TrainAsync(model, dataset, folder.File("whole"), options);
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ModelTrainer.TrainAsync(
            model, dataset, folder.File("parts"), options, new Progress(p => { if (p.Step == 3) stop.Cancel(); }), stop.Token));
        await ModelTrainer.TrainAsync(model, dataset, folder.File("parts"), options);
        foreach (var file in (string[])["unet/diffusion_pytorch_model.safetensors", "text_encoder/model.safetensors", "vae/diffusion_pytorch_model.safetensors"])
            Assert.Equal(await File.ReadAllBytesAsync(folder.File($"whole/{file}")), await File.ReadAllBytesAsync(folder.File($"parts/{file}")));
        Assert.NotEqual(await File.ReadAllBytesAsync(Path.Combine(model, "unet/diffusion_pytorch_model.safetensors")), await File.ReadAllBytesAsync(folder.File("whole/unet/diffusion_pytorch_model.safetensors")));
    }

    [Fact]
    public async Task Samples_show_the_weights_as_they_would_be_saved()
    {
        var dataset = await TrainingPictures.ColoursAsync(folder, 16);
        var options = new ModelTrainingOptions { Steps = 2, SampleEvery = 2, SamplePrompts = ["a red square"], SampleGuidance = 1 };
        await ModelTrainer.TrainAsync(await CreateAsync(dataset), dataset, folder.File("out"), options);
        var sample = await PngCodec.Default.LoadAsync(folder.File("out/training/samples/step-000002-1.png"));
        await using var model = await DiffusionModel.LoadAsync(folder.File("out"));
        var again = (await model.GenerateAsync(new("a red square") { Seed = 1, Guidance = 1 }))[0].Image;
        Assert.True(sample.Pixels.SequenceEqual(again.Pixels));
        Assert.False(Directory.Exists(folder.File("out/training/trial")));
    }

    [Fact]
    public async Task Parts_that_do_not_fit_each_other_are_refused()
    {
        var model = New(600, 599);
        await Assert.ThrowsAsync<ArgumentException>(() => ModelTrainer.CreateAsync(folder.File("a"), model with { UNet = model.UNet with { CrossAttentionSize = 8 } }));
        await Assert.ThrowsAsync<ArgumentException>(() => ModelTrainer.CreateAsync(folder.File("a"), model with { Vae = model.Vae with { LatentChannels = 3 } }));
    }

    async Task<string> CreateAsync(ImageDataset dataset)
    {
        var model = folder.File("model");
        var tokenizer = await ClipTokenizerTrainer.WriteAsync(Path.Combine(model, "tokenizer"), dataset.Images.SelectMany(i => i.Captions), length: 8);
        await ModelTrainer.CreateAsync(model, New(tokenizer.VocabularySize, tokenizer.EosId), seed: 1);
        return model;
    }

    static NewModel New(int vocabulary, int end) => new(
        new() { VocabularySize = vocabulary, EndToken = end, HiddenSize = 32, IntermediateSize = 64, Layers = 1, Heads = 2, MaximumTokens = 8 },
        new()
        {
            SampleSize = 8, BlockOutChannels = [16, 32], LayersPerBlock = 1, NormGroups = 8, CrossAttentionSize = 32, DownHasAttention = [true, false], UpHasAttention = [false, true],
            Heads = [2, 2], TransformerLayers = [1, 1],
        },
        new() { BlockOutChannels = [8, 16], LayersPerBlock = 1, NormGroups = 4 },
        SchedulerConfig.DefaultsOf("DDIMScheduler") with
        {
            BetaStart = 0.00085, BetaEnd = 0.012, BetaSchedule = "scaled_linear", PredictionType = PredictionType.VPrediction, TimestepSpacing = TimestepSpacing.Trailing, ClipSample = false,
        });

    sealed class Progress(Action<TrainingProgress> tell) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => tell(value);
    }
}
