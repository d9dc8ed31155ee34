using System.Globalization;
using System.Text;
using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Training.Data;
using MultiModal.Diffusion.Training.Latents;
using MultiModal.Diffusion.Training.Models;
using MultiModal.Diffusion.Training.Objectives;
using MultiModal.Runtime;
using MultiModal.Runtime.Random;
using MultiModal.Runtime.Training;
using MultiModal.Runtime.Training.Checkpoints;
using MultiModal.Runtime.Training.Logging;
using MultiModal.Runtime.Training.Optimizers;
using MultiModal.Runtime.Training.Schedules;

namespace MultiModal.Diffusion.Training;

/// <summary>Trains a model's autoencoder, which turns pictures into latents and back: the first step of a model from nothing.</summary>
public static class VaeTrainer
{
    /// <summary>Trains the autoencoder in a model's folder and replaces its weights. Called again it goes on from the newest checkpoint.</summary>
    /// <param name="model">The model's folder, as diffusers saves it. Checkpoints and logs are in its subfolder "training-vae".</param>
    /// <param name="dataset">The pictures, all of one size (<see cref="ImageDatasetOptions.Buckets"/> is false); captions are not used.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="progress">Is told after each step.</param>
    /// <param name="cancellationToken">Ends the training after the step under way, with a checkpoint.</param>
    /// <returns>How many steps were done in all, and the loss at the end.</returns>
    /// <exception cref="ArgumentException">The pictures are of several sizes, or of one the autoencoder cannot halve.</exception>
    /// <exception cref="InvalidFileException">The model is damaged, or the checkpoint is another training's.</exception>
    /// <exception cref="TrainingDivergedException">A step came out infinite or not a number; the message names it.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the checkpoint has been written.</exception>
    public static async Task<TrainingResult> TrainAsync(
        string model, ImageDataset dataset, VaeTrainingOptions? options = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        ArgumentNullException.ThrowIfNull(dataset);
        options ??= new();
        options.Validate();
        var files = await DiffusersFolder.OpenAsync(model, null, cancellationToken).ConfigureAwait(false);
        var (width, height) = (dataset.Images[0].Placement.Width, dataset.Images[0].Placement.Height);
        if (dataset.Images.Any(i => i.Placement.Width != width || i.Placement.Height != height)) throw new ArgumentException("An autoencoder is trained on pictures of one size: open the data set without buckets.", nameof(dataset));
        if (width % files.Vae.Factor != 0 || height % files.Vae.Factor != 0) throw new ArgumentException($"{width}x{height} pixels are no multiples of {files.Vae.Factor}.", nameof(dataset));

        var (graph, loss) = VaeObjective.Build(files.Vae, options, height, width);
        var parameters = new ParameterSet();
        using (var weights = files.OpenWeights("vae")) parameters.Add(graph.Parameters.Values, weights);
        var inputs = graph.Inputs.ToDictionary(i => i.Name!, i => TensorData.Zeros(i.Type, i.Shape.ToLongs()));
        var session = await TrainingSession.CreateAsync(graph, [new(VaeObjective.Loss, loss, parameters)], options: options.Runtime, cancellationToken: cancellationToken).ConfigureAwait(false);
        await using var owned = session.ConfigureAwait(false);
        var optimizer = new AdamW(parameters, new() { LearningRate = options.LearningRate, WeightDecay = 0 });
        var schedule = LearningRateSchedule.Cosine(options.Steps, options.WarmupSteps, options.LearningRateFloor);
        var plan = new BatchPlan(dataset.Images, options.BatchSize, options.Seed);
        var settings = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{options.Seed} {options.BatchSize} {options.Mirror} {dataset.Images.Count} {width}x{height}"));
        var folder = Path.Combine(model, "training-vae");
        var state = new TrainingState().Add("parameters", parameters).Add("optimizer", optimizer).Add("settings", () => settings, found =>
        {
            if (!found.AsSpan().SequenceEqual(settings)) throw new InvalidFileException(folder, "its checkpoints are of a training with another data set, seed or batch size.", remedy: "Use the settings it began with, or remove them.");
        });
        var mean = double.NaN;
        using var log = new EventFile(Path.Combine(folder, "logs"));
        await new TrainingRun(state, new(Path.Combine(folder, "checkpoints")), options.Steps, options.CheckpointEvery).RunAsync(async number =>
        {
            await FillAsync(inputs, dataset, plan.Batch(number), number, options).ConfigureAwait(false);
            await session.RunAsync(inputs).ConfigureAwait(false);
            optimizer.LearningRateFactor = schedule.At(number);
            var report = optimizer.Step(clipNorm: options.GradientClip);
            var value = session.Loss(VaeObjective.Loss);
            mean = double.IsNaN(mean) ? value : mean + (0.05 * (value - mean));
            log.Scalar("vae/loss", number + 1, value);
            log.Scalar("vae/pixels", number + 1, session.Output(VaeObjective.Pixels).Floats[0]);
            log.Scalar("vae/divergence", number + 1, session.Output(VaeObjective.Divergence).Floats[0]);
            return new TrainingStep(value, report.GradientNorm);
        }, progress, cancellationToken).ConfigureAwait(false);

        await Task.Run(() => ModelWeights.Save(model, "vae", parameters.Select(p => KeyValuePair.Create("vae." + p.Name, p.Value)), options.StoredType, CancellationToken.None), CancellationToken.None).ConfigureAwait(false);
        if (options.SetScale) await SetScaleAsync(model, dataset, options, cancellationToken).ConfigureAwait(false);
        return new((int)state.Step, mean);
    }

    /// <summary>The pictures of a step and the noise of their latents; what is drawn depends on the seed and the step's number alone.</summary>
    static async Task FillAsync(Dictionary<string, TensorData> inputs, ImageDataset dataset, IReadOnlyList<int> pictures, long number, VaeTrainingOptions options)
    {
        var random = new TorchRandom(SampleSeed.Mix(options.Seed, (ulong)number, 0x7AE));
        var length = inputs[VaeObjective.Image].Length / pictures.Count;
        for (var row = 0; row < pictures.Count; row++)
        {
            var picture = await dataset.LoadAsync(pictures[row]).ConfigureAwait(false);
            PicturePlanes.Write(picture, inputs[VaeObjective.Image].Floats.Slice(row * length, length), options.Mirror && random.Integer(0, 2) == 1);
        }

        random.Normal(inputs[VaeObjective.Noise].Floats);
    }

    /// <summary>Measures the latents of the data set, and writes the factors that bring them to mean 0 and variance 1.</summary>
    static async Task SetScaleAsync(string model, ImageDataset dataset, VaeTrainingOptions options, CancellationToken cancellationToken)
    {
        var files = await DiffusersFolder.OpenAsync(model, null, cancellationToken).ConfigureAwait(false);
        files.Vae = files.Vae with { ScalingFactor = 1, ShiftFactor = 0 };
        var latents = await LatentStore.EncodeAsync(files, dataset, mirror: false, null, options.Runtime, cancellationToken).ConfigureAwait(false);
        var (sum, squares, count) = (0.0, 0.0, 0L);
        for (var i = 0; i < latents.Count; i++)
        {
            foreach (var value in latents[i, false].Mean) (sum, squares) = (sum + value, squares + ((double)value * value));
            count += latents[i, false].Length;
        }

        var mean = sum / count;
        var deviation = Math.Sqrt((squares / count) - (mean * mean));
        if (!(deviation > 0)) throw new InvalidOperationException("All latents are alike: the autoencoder has learnt nothing. Train it for longer.");
        var vae = files.Vae with { ScalingFactor = (float)Math.Round(1 / deviation, 5), ShiftFactor = (float)Math.Round(mean, 5) };
        await ModelFolderWriter.WriteVaeAsync(model, vae, files.UNet, cancellationToken).ConfigureAwait(false);
    }
}
