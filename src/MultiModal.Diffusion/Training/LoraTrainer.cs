using MultiModal.Diffusion.Adapters;
using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Training.Data;
using MultiModal.Diffusion.Training.Lora;
using MultiModal.Diffusion.Training.Running;
using MultiModal.Images;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Training;

namespace MultiModal.Diffusion.Training;

/// <summary>Trains LoRAs (Hu et al. 2021): small matrices beside a model's weights, which themselves stay as they are.</summary>
/// <example>
/// <code>
/// var pictures = await ImageDataset.OpenAsync("ink", new() { Resolution = 512 });
/// var lora = await LoraTrainer.TrainAsync("sd15.safetensors", pictures, "ink-lora", new() { Name = "ink", Steps = 800 });
/// </code>
/// </example>
public static class LoraTrainer
{
    /// <summary>Trains a LoRA. Called again with the same folder it goes on from the newest checkpoint.</summary>
    /// <param name="model">The model: a folder as diffusers saves it, or a single file.</param>
    /// <param name="dataset">The pictures and their captions.</param>
    /// <param name="output">The folder for the LoRA, in kohya's form and in PEFT's, and for checkpoints/, logs/ and samples/.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="progress">Is told after each step.</param>
    /// <param name="cancellationToken">Ends the training after the step under way, with a checkpoint.</param>
    /// <exception cref="InvalidFileException">The model is damaged, or the checkpoint is another training's.</exception>
    /// <exception cref="TrainingDivergedException">A step came out infinite or not a number; the message names it.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the checkpoint has been written.</exception>
    public static async Task<LoraTrainingResult> TrainAsync(
        string model, ImageDataset dataset, string output, LoraTrainingOptions? options = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentException.ThrowIfNullOrEmpty(output);
        return await TrainAsync(model, [(dataset, (options ?? new()).BatchSize, 1)], output, options ?? new(), progress, cancellationToken).ConfigureAwait(false);
    }

    internal static async Task<LoraTrainingResult> TrainAsync(
        string path, IReadOnlyList<(ImageDataset Dataset, int Batch, float Share)> data, string output, LoraTrainingOptions options, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        options.Validate();
        var started = DateTimeOffset.UtcNow;
        var model = await ModelFiles.OpenAsync(path, new(), cancellationToken).ConfigureAwait(false);
        if (model.UNet.SizeNumbers == 5) throw new NotSupportedException("LoRAs of SDXL's refiner are not trained.");
        var plan = new LoraPlan(options, model);
        var factory = new StepFactory(options, model, options.TrainText, plan.Apply);
        var first = data[0].Dataset.Images[0].Placement;
        var graph = await Task.Run(() => factory.Build(1, first.Height / model.Vae.Factor, first.Width / model.Vae.Factor), cancellationToken).ConfigureAwait(false);
        var parameters = plan.Begin(graph, options.Seed);
        var step = await factory.MakeAsync(parameters, data, cancellationToken).ConfigureAwait(false);
        await using var owned = step.ConfigureAwait(false);
        var settings = $"lora {options.Rank} {options.Targets} {options.ConvolutionRank} {options.TrainUNet} {options.TrainText} {StepFactory.Describe(data)}";
        var run = new DenoiserRun(options, parameters, step, output, settings);
        var drawing = new LazyDrawing(path, options);
        await using var ownedDrawing = drawing.ConfigureAwait(false);
        await run.RunAsync(options.SamplePrompts.Count > 0 ? DrawAsync : null, progress, cancellationToken).ConfigureAwait(false);
        var (kohya, peft) = (Path.Combine(output, options.Name + ".safetensors"), Path.Combine(output, "pytorch_lora_weights.safetensors"));
        await Task.Run(() => Save(graph, kohya, peft), CancellationToken.None).ConfigureAwait(false);
        File.Delete(Trial());
        return new(kohya, peft, run.StepsDone, run.Loss);

        string Trial() => Path.Combine(output, "checkpoints", "trial.safetensors");

        void Save(Graph network, string kohyaFile, string? peftFile)
        {
            var pairs = plan.Pairs(network, run.Values());
            var metadata = TrainedLoraMetadata.Of(options, model, data, run.StepsDone, started, DateTimeOffset.UtcNow);
            LoraFileWriter.WriteKohya(kohyaFile, pairs, model, options.StoredType, metadata);
            if (peftFile is not null) LoraFileWriter.WritePeft(peftFile, pairs, options.StoredType, metadata);
        }

        // What is drawn is what would be saved now.
        async Task<IReadOnlyList<ImageBuffer>> DrawAsync(CancellationToken stop)
        {
            var trial = Trial();
            await Task.Run(() => Save(graph, trial, null), stop).ConfigureAwait(false);
            using var lora = await LoraWeights.LoadAsync(trial, stop).ConfigureAwait(false);
            return await run.DrawAsync(await drawing.GetAsync(stop).ConfigureAwait(false), request => request with { Loras = [new(lora)] }, stop).ConfigureAwait(false);
        }
    }

    /// <summary>The model as it draws samples, loaded when the first is to be drawn.</summary>
    sealed class LazyDrawing(string path, LoraTrainingOptions options) : IAsyncDisposable
    {
        DiffusionModel? model;

        public async Task<DiffusionModel> GetAsync(CancellationToken cancellationToken) =>
            model ??= await DiffusionModel.LoadAsync(path, new() { Runtime = options.Runtime }, cancellationToken: cancellationToken).ConfigureAwait(false);

        public ValueTask DisposeAsync() => model?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
