using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Training.Data;
using MultiModal.Diffusion.Training.Models;
using MultiModal.Diffusion.Training.Running;
using MultiModal.Runtime.Training;

namespace MultiModal.Diffusion.Training;

/// <summary>Trains all weights of a model's UNet, and of its text encoders where asked: fine-tuning, or from nothing.</summary>
public static class ModelTrainer
{
    /// <summary>Makes a model of fresh weights: its folder, to be trained by <see cref="VaeTrainer"/> first and then by this class.</summary>
    /// <param name="folder">The model's folder; its tokenizer is there already (<see cref="ClipTokenizerTrainer"/>).</param>
    /// <param name="model">The dimensions.</param>
    /// <param name="seed">What the weights depend on.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    /// <exception cref="ArgumentException">The parts do not fit each other.</exception>
    public static async Task CreateAsync(string folder, NewModel model, ulong seed = 0, CancellationToken cancellationToken = default)
    {
        await ModelFolderWriter.WriteAsync(folder, model, cancellationToken).ConfigureAwait(false);
        await Task.Run(() => FreshWeights.Write(folder, model, seed, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Trains a model and writes the result into a folder like it. Called again with the same folder it goes on from the newest checkpoint.</summary>
    /// <param name="model">The model's folder, as diffusers saves it.</param>
    /// <param name="dataset">The pictures and their captions.</param>
    /// <param name="output">The folder of the trained model: it may be the model's own, whose weights are then replaced. Checkpoints, logs and samples are in its subfolder "training".</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="progress">Is told after each step.</param>
    /// <param name="cancellationToken">Ends the training after the step under way, with a checkpoint.</param>
    /// <returns>How many steps were done in all, and the loss at the end.</returns>
    /// <exception cref="InvalidFileException">The model is damaged or no folder, or the checkpoint is another training's.</exception>
    /// <exception cref="TrainingDivergedException">A step came out infinite or not a number; the message names it.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the checkpoint has been written.</exception>
    public static async Task<TrainingResult> TrainAsync(
        string model, ImageDataset dataset, string output, ModelTrainingOptions? options = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentException.ThrowIfNullOrEmpty(output);
        return await TrainAsync(model, [(dataset, (options ?? new()).BatchSize, 1)], output, options ?? new(), progress, cancellationToken).ConfigureAwait(false);
    }

    internal static async Task<TrainingResult> TrainAsync(
        string path, IReadOnlyList<(ImageDataset Dataset, int Batch, float Share)> data, string output, ModelTrainingOptions options, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        options.Validate();
        var model = await DiffusersFolder.OpenAsync(path, null, cancellationToken).ConfigureAwait(false);
        var factory = new StepFactory(options, model, options.TrainText, graph => graph);
        var parameters = new ParameterSet();
        var first = data[0].Dataset.Images[0].Placement;
        using (var weights = ModelWeights.Open(model, factory.Components))
            parameters.Add(factory.Build(1, first.Height / model.Vae.Factor, first.Width / model.Vae.Factor).Parameters.Values, weights);
        var step = await factory.MakeAsync(parameters, data, cancellationToken).ConfigureAwait(false);
        await using var owned = step.ConfigureAwait(false);
        var run = new DenoiserRun(options, parameters, step, Path.Combine(output, "training"), $"model {options.TrainText} {StepFactory.Describe(data)}");
        var trial = Path.Combine(output, "training", "trial");
        await run.RunAsync(options.SamplePrompts.Count > 0 ? DrawAsync : null, progress, cancellationToken).ConfigureAwait(false);
        await SaveAsync(output).ConfigureAwait(false);
        if (Directory.Exists(trial)) Directory.Delete(trial, recursive: true);
        return new(run.StepsDone, run.Loss);

        async Task SaveAsync(string to)
        {
            if (Path.GetFullPath(to) != Path.GetFullPath(path)) FolderCopy.Copy(path, to);
            await Task.Run(() =>
            {
                var values = run.Values();
                foreach (var component in factory.Components) ModelWeights.Save(to, component, values, options.StoredType, CancellationToken.None);
            }, CancellationToken.None).ConfigureAwait(false);
        }

        // What is drawn is what would be saved now.
        async Task<IReadOnlyList<Images.ImageBuffer>> DrawAsync(CancellationToken stop)
        {
            await SaveAsync(trial).ConfigureAwait(false);
            var drawing = await DiffusionModel.LoadAsync(trial, new() { Runtime = options.Runtime }, cancellationToken: stop).ConfigureAwait(false);
            await using var own = drawing.ConfigureAwait(false);
            return await run.DrawAsync(drawing, request => request, stop).ConfigureAwait(false);
        }
    }
}
