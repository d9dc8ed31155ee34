using MultiModal.Diffusion.Adapters;
using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Training;
using MultiModal.Diffusion.Training.Data;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Training;

public sealed class DreamBoothTests : IDisposable
{
    static readonly string Model = Fixtures.PathOf("diffusion/models/tiny-sd15");
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Missing_pictures_of_the_class_are_drawn_by_the_model_and_those_there_are_kept()
    {
        await TrainingPictures.ColoursAsync(folder);
        TrainingPictures.Write(folder, "class/own.png", TrainingPictures.Flat(9, 9, 9), null);
        var subject = new DreamBoothOptions("a photo of sks square") { ClassPrompt = "a square", ClassImages = 4, ClassFolder = folder.File("class"), ClassSteps = 2, PriorWeight = 0.5f };
        var trained = await DreamBooth.TrainLoraAsync(Model, folder.File("data"), folder.File("out"), subject, new() { Steps = 3, BatchSize = 2, Rank = 2 });
        Assert.Equal(["class-00000.png", "class-00001.png", "class-00002.png", "own.png"], Directory.GetFiles(folder.File("class")).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        using var lora = await LoraWeights.LoadAsync(trained.KohyaFile);
        Assert.Equal("4", lora.Metadata.Entries["ss_num_reg_images"]);
        Assert.Equal("0.5", lora.Metadata.Entries["ss_prior_loss_weight"]);
        Assert.Equal(["a photo of sks square"], lora.Metadata.Tags.Select(t => t.Key));

        // Nothing is drawn a second time.
        var before = File.GetLastWriteTimeUtc(folder.File("class/class-00002.png"));
        await DreamBooth.TrainLoraAsync(Model, folder.File("data"), folder.File("again"), subject, new() { Steps = 1, Rank = 2 });
        Assert.Equal(before, File.GetLastWriteTimeUtc(folder.File("class/class-00002.png")));
    }

    [Fact]
    public async Task All_weights_can_be_trained_without_a_class_too()
    {
        await TrainingPictures.ColoursAsync(folder);
        var trained = await DreamBooth.TrainModelAsync(Model, folder.File("data"), folder.File("out"), new("a photo of sks square"), new() { Steps = 2, LearningRate = 1e-4 });
        Assert.Equal(2, trained.Steps);
        await using var model = await DiffusionModel.LoadAsync(folder.File("out"));
        Assert.Single(await model.GenerateAsync(new("a photo of sks square") { Steps = 2, Seed = 1 }));
        Assert.False(Directory.Exists(folder.File("out/class")));
    }

    [Fact]
    public async Task Bad_pictures_of_the_subject_are_reported_before_any_is_drawn()
    {
        folder.Write("data/broken.png", [0x89, 0x50]);
        var subject = new DreamBoothOptions("a photo of sks square") { ClassPrompt = "a square" };
        var error = await Assert.ThrowsAsync<InvalidDatasetException>(() => DreamBooth.TrainLoraAsync(Model, folder.File("data"), folder.File("out"), subject));
        Assert.Equal("broken.png", Path.GetFileName(error.Problems[0].File));
        Assert.False(Directory.Exists(folder.File("out")));
    }
}
