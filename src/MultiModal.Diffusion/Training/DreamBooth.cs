using System.Globalization;
using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Training.Data;
using MultiModal.Images;
using MultiModal.Runtime.Training;

namespace MultiModal.Diffusion.Training;

/// <summary>
/// Teaches a model a subject from three to five pictures, as a LoRA or in all of its weights. With prior preservation it keeps seeing pictures of
/// the subject's class that it drew itself, so that it does not forget what others of the kind look like.
/// </summary>
public static class DreamBooth
{
    /// <summary>Learns the subject as a LoRA.</summary>
    /// <param name="model">The model: a folder as diffusers saves it, or a single file.</param>
    /// <param name="instances">The folder of the subject's pictures. They need no captions.</param>
    /// <param name="output">The folder for the LoRA, checkpoints and samples.</param>
    /// <param name="subject">What is learnt.</param>
    /// <param name="options">How it is trained; null for 500 steps at 1e-4.</param>
    /// <param name="progress">Is told after each step.</param>
    /// <param name="cancellationToken">Ends drawing, or the training after the step under way, with a checkpoint.</param>
    /// <exception cref="InvalidDatasetException">A picture cannot be trained on; the message lists each.</exception>
    /// <inheritdoc cref="LoraTrainer.TrainAsync(string, ImageDataset, string, LoraTrainingOptions?, IProgress{TrainingProgress}?, CancellationToken)" path="/exception"/>
    public static async Task<LoraTrainingResult> TrainLoraAsync(
        string model, string instances, string output, DreamBoothOptions subject, LoraTrainingOptions? options = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new() { Steps = 500 };
        var data = await PrepareAsync(model, instances, output, subject, options, cancellationToken).ConfigureAwait(false);
        return await LoraTrainer.TrainAsync(model, data, output, options, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Learns the subject in all weights of the UNet, and of the text encoders where asked.</summary>
    /// <param name="model">The model's folder, as diffusers saves it.</param>
    /// <param name="instances">The folder of the subject's pictures. They need no captions.</param>
    /// <param name="output">The folder of the trained model.</param>
    /// <param name="subject">What is learnt.</param>
    /// <param name="options">How it is trained; null for 800 steps at 5e-6.</param>
    /// <param name="progress">Is told after each step.</param>
    /// <param name="cancellationToken">Ends drawing, or the training after the step under way, with a checkpoint.</param>
    /// <exception cref="InvalidDatasetException">A picture cannot be trained on; the message lists each.</exception>
    /// <inheritdoc cref="ModelTrainer.TrainAsync(string, ImageDataset, string, ModelTrainingOptions?, IProgress{TrainingProgress}?, CancellationToken)" path="/exception"/>
    public static async Task<TrainingResult> TrainModelAsync(
        string model, string instances, string output, DreamBoothOptions subject, ModelTrainingOptions? options = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new() { Steps = 800, LearningRate = 5e-6 };
        var data = await PrepareAsync(model, instances, output, subject, options, cancellationToken).ConfigureAwait(false);
        return await ModelTrainer.TrainAsync(model, data, output, options, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Checks the instances' pictures, draws those of the class that are missing, and puts both together.</summary>
    static async Task<IReadOnlyList<(ImageDataset Dataset, int Batch, float Share)>> PrepareAsync(
        string model, string instances, string output, DreamBoothOptions subject, DiffusionTrainingOptions options, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        ArgumentException.ThrowIfNullOrEmpty(instances);
        ArgumentException.ThrowIfNullOrEmpty(output);
        ArgumentNullException.ThrowIfNull(subject);
        subject.Validate();
        options.Validate();
        var files = await ModelFiles.OpenAsync(model, new(), cancellationToken).ConfigureAwait(false);
        var side = subject.Resolution ?? (files.UNet.SampleSize * files.Vae.Factor);

        // One size for all: a batch holds pictures of both kinds.
        var settings = new ImageDatasetOptions { Resolution = side, Buckets = false, CaptionExtensions = [], RepeatsInFolderNames = false };
        var subjects = await ImageDataset.OpenAsync(instances, settings with { DefaultCaption = subject.InstancePrompt }, cancellationToken).ConfigureAwait(false);
        if (subject.ClassPrompt is not { } prompt) return [(subjects, options.BatchSize, 1)];
        var folder = subject.ClassFolder ?? Path.Combine(output, "class");
        await DrawMissingAsync(model, folder, prompt, side, subject, options, cancellationToken).ConfigureAwait(false);
        var others = await ImageDataset.OpenAsync(folder, settings with { DefaultCaption = prompt }, cancellationToken).ConfigureAwait(false);
        return [(subjects, options.BatchSize, 1), (others, options.BatchSize, subject.PriorWeight)];
    }

    /// <summary>Each picture has the seed of its number, so that drawing can be interrupted at any of them.</summary>
    static async Task DrawMissingAsync(
        string path, string folder, string prompt, int side, DreamBoothOptions subject, DiffusionTrainingOptions options, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var there = Directory.EnumerateFiles(folder, "*.png").Count();
        if (there >= subject.ClassImages) return;
        var model = await DiffusionModel.LoadAsync(path, new() { Runtime = options.Runtime }, cancellationToken: cancellationToken).ConfigureAwait(false);
        await using var owned = model.ConfigureAwait(false);
        for (var number = 0; there < subject.ClassImages; number++)
        {
            var file = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"class-{number:D5}.png"));
            if (File.Exists(file)) continue;
            var request = new ImageRequest(prompt) { PromptSyntax = false, Seed = unchecked((long)options.Seed + number), Steps = subject.ClassSteps, Guidance = subject.ClassGuidance, Width = side, Height = side };
            var drawn = await model.GenerateAsync(request, cancellationToken: cancellationToken).ConfigureAwait(false);
            await PngCodec.Default.SaveAsync(drawn[0].Image, file, cancellationToken).ConfigureAwait(false);
            there++;
        }
    }
}
