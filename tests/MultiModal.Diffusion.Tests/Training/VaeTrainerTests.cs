using MultiModal.Diffusion.Training;
using MultiModal.Diffusion.Training.Data;
using MultiModal.Images;
using MultiModal.Runtime.Training;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Training;

public sealed class VaeTrainerTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_stopped_training_goes_on_to_the_same_weights_and_lowers_the_loss()
    {
        var dataset = await TrainingPictures.ColoursAsync(folder);
        var options = new VaeTrainingOptions { Steps = 12, BatchSize = 3, LearningRate = 3e-3, WarmupSteps = 2, CheckpointEvery = 4, StoredType = Runtime.DType.Float32 };
        var (whole, parts) = (Copy("whole"), Copy("parts"));
        var losses = new List<double>();
        await VaeTrainer.TrainAsync(whole, dataset, options, new Progress(p => losses.Add(p.Loss)));
        Assert.True(losses[^1] < losses[0] * 0.7, string.Join(" ", losses));
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => VaeTrainer.TrainAsync(parts, dataset, options, new Progress(p => { if (p.Step == 7) stop.Cancel(); }), stop.Token));
        await VaeTrainer.TrainAsync(parts, dataset, options);
        const string Weights = "vae/diffusion_pytorch_model.safetensors";
        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(whole, Weights)), await File.ReadAllBytesAsync(Path.Combine(parts, Weights)));
        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(whole, "vae/config.json")), await File.ReadAllBytesAsync(Fixtures.PathOf("diffusion/models/tiny-sd15/vae/config.json")));
    }

    [Fact]
    public async Task Pictures_of_several_sizes_are_refused()
    {
        TrainingPictures.Write(folder, "data/a.png", new ImageBuffer(32, 64), "a");
        TrainingPictures.Write(folder, "data/b.png", new ImageBuffer(64, 32), "b");
        var dataset = await ImageDataset.OpenAsync(folder.File("data"), new() { Resolution = 32, BucketStep = 8 });
        await Assert.ThrowsAsync<ArgumentException>(() => VaeTrainer.TrainAsync(Copy("model"), dataset));
    }

    string Copy(string name)
    {
        Diffusion.Training.Models.FolderCopy.Copy(Fixtures.PathOf("diffusion/models/tiny-sd15"), folder.File(name));
        return folder.File(name);
    }

    sealed class Progress(Action<TrainingProgress> tell) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => tell(value);
    }
}
