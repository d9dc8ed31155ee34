using MultiModal.Diffusion.Training;
using MultiModal.Images;

namespace TrainDemoDiffusion;

/// <summary>The three trainings. Each goes on where it was interrupted, and does nothing when it is done.</summary>
sealed class DemoTraining(string work, string model)
{
    readonly DemoData data = new(work);

    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await data.PrepareAsync(cancellationToken);
        await DemoModel.CreateAsync(model, await DemoData.OpenAsync(data.Colour, cancellationToken), cancellationToken);
    }

    /// <summary>The autoencoder, on colours and lines.</summary>
    public async Task TrainVaeAsync(int steps, CancellationToken cancellationToken)
    {
        var both = Path.Combine(work, "both");
        if (!Directory.Exists(both))
            foreach (var folder in new[] { data.Colour, data.Line })
            {
                Directory.CreateDirectory(Path.Combine(both, Path.GetFileName(folder)));
                foreach (var file in Directory.EnumerateFiles(folder)) File.Copy(file, Path.Combine(both, Path.GetFileName(folder), Path.GetFileName(file)));
            }

        var lines = new ProgressLines();
        await VaeTrainer.TrainAsync(model, await DemoData.OpenAsync(both, cancellationToken), new() { Steps = steps, BatchSize = 8, SetScale = true, Seed = 1 }, lines, cancellationToken);
        await LossPlot.SaveAsync(lines.Curve, Path.Combine(work, "loss-vae.png"));
    }

    /// <summary>UNet and text encoder, on colours.</summary>
    public async Task TrainUNetAsync(int steps, CancellationToken cancellationToken)
    {
        var lines = new ProgressLines();
        await ModelTrainer.TrainAsync(model, await DemoData.OpenAsync(data.Colour, cancellationToken), model, new()
        {
            Steps = steps, BatchSize = 16, TrainText = true, LearningRate = 7e-4, WarmupSteps = 100, LearningRateShape = LearningRateShape.Cosine, LearningRateFloor = 0.05,
            Beta2 = 0.99, CaptionDropout = 0.1f, AverageDecay = 0.998, CheckpointEvery = 100, Seed = 1,
            SampleEvery = 500, SampleGuidance = 3, SamplePrompts = ["fox face", "red apple", "sailboat", "a guitar", "green apple", "butterfly"],
        }, lines, cancellationToken);
        await LossPlot.SaveAsync(lines.Curve, Path.Combine(work, "loss-unet.png"));
    }

    /// <summary>The LoRA, on lines.</summary>
    public async Task TrainLoraAsync(string output, int steps, CancellationToken cancellationToken)
    {
        var lines = new ProgressLines();
        var trained = await LoraTrainer.TrainAsync(model, await DemoData.OpenAsync(data.Line, cancellationToken), Path.Combine(work, "lora"), new()
        {
            Name = "line-art", Steps = steps, BatchSize = 12, Rank = 8, Targets = LoraTargetLayers.Convolutions, LearningRate = 2e-3, WarmupSteps = 20,
            LearningRateShape = LearningRateShape.Cosine, LearningRateFloor = 0.05, CaptionDropout = 0.1f, AverageDecay = 0.98, CheckpointEvery = 50, Seed = 2,
            SampleEvery = 100, SampleGuidance = 3, SamplePrompts = ["fox face", "red apple", "sailboat", "a guitar"],
        }, lines, cancellationToken);
        Directory.CreateDirectory(output);
        File.Copy(trained.KohyaFile, Path.Combine(output, Path.GetFileName(trained.KohyaFile)), overwrite: true);
        await LossPlot.SaveAsync(lines.Curve, Path.Combine(work, "loss-lora.png"));
    }
}
