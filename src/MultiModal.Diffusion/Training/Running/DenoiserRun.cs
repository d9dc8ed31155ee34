using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Training.Steps;
using MultiModal.Images;
using MultiModal.Runtime;
using MultiModal.Runtime.Training;
using MultiModal.Runtime.Training.Checkpoints;
using MultiModal.Runtime.Training.Logging;
using MultiModal.Runtime.Training.Optimizers;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Training.Running;

/// <summary>
/// A denoiser's training from its first step, or from its newest checkpoint, to its last: in its folder are checkpoints/, logs/ for TensorBoard, and
/// samples/ with what was drawn on the way.
/// </summary>
sealed class DenoiserRun
{
    readonly DiffusionTrainingOptions options;
    readonly DenoisingStep step;
    readonly string folder;
    readonly AdamW optimizer;
    readonly ParameterSet parameters;
    readonly ParameterAverage? average;
    readonly TrainingState state = new();

    /// <param name="options">What the user says.</param>
    /// <param name="parameters">What is trained.</param>
    /// <param name="step">A run of the networks.</param>
    /// <param name="folder">Where everything is written.</param>
    /// <param name="settings">What a checkpoint must have been made with to go on from it, beside the options known here.</param>
    public DenoiserRun(DiffusionTrainingOptions options, ParameterSet parameters, DenoisingStep step, string folder, string settings)
    {
        (this.options, this.step, this.folder, this.parameters) = (options, step, folder, parameters);
        var (texts, rest) = (parameters.Where(IsText).ToList(), parameters.Where(p => !IsText(p)).ToList());
        ParameterGroup[] groups = [new(rest), new(texts) { LearningRate = options.TextLearningRate }];
        optimizer = new(groups.Where(g => g.Parameters.Count > 0), new() { LearningRate = options.LearningRate, WeightDecay = options.WeightDecay, Beta2 = options.Beta2 });
        average = options.AverageDecay is { } decay ? new(parameters, decay) : null;
        state.Add("parameters", parameters).Add("optimizer", optimizer);
        if (average is not null) state.Add("average", average);
        var print = Fingerprint(settings);
        state.Add("settings", () => print, found =>
        {
            if (!found.AsSpan().SequenceEqual(print))
                throw new InvalidFileException(CheckpointPath, "its checkpoints are of a training with another data set, seed, batch size or other layers.", remedy: "Use the settings it began with, or another folder.");
        });

        static bool IsText(TrainableParameter parameter) => parameter.Name.StartsWith("text_encoder", StringComparison.Ordinal);
    }

    string CheckpointPath => Path.Combine(folder, "checkpoints");

    /// <summary>How many steps have been done.</summary>
    public int StepsDone => (int)state.Step;

    /// <summary>The loss of the last step, a mean over some before it.</summary>
    public double Loss { get; private set; } = double.NaN;

    /// <summary>What is saved: the average where there is one, the values otherwise.</summary>
    public IReadOnlyDictionary<string, TensorData> Values()
    {
        if (average is null) return parameters.ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal);
        var weights = average.AsWeights();
        return parameters.ToDictionary(p => p.Name, p => weights.Get(p.Name).ToTensorData(), StringComparer.Ordinal);
    }

    /// <summary>Trains.</summary>
    /// <param name="draw">Draws the prompts of the options with the values there are; null where that is not possible.</param>
    /// <param name="progress">Is told after each step.</param>
    /// <param name="cancellationToken">Ends the training after the step under way, with a checkpoint.</param>
    public async Task RunAsync(Func<CancellationToken, Task<IReadOnlyList<ImageBuffer>>>? draw, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var schedule = options.Schedule();
        using var log = new EventFile(Path.Combine(folder, "logs"));
        var run = new TrainingRun(state, new(CheckpointPath, options.CheckpointsKept), options.Steps, options.CheckpointEvery == 0 ? long.MaxValue : options.CheckpointEvery);
        await run.RunAsync(async number =>
        {
            var loss = 0.0;
            for (var part = 0; part < options.GradientAccumulation; part++)
                loss += await step.RunAsync((number * options.GradientAccumulation) + part, part > 0, CancellationToken.None).ConfigureAwait(false) / options.GradientAccumulation;
            optimizer.LearningRateFactor = schedule.At(number);
            var report = optimizer.Step(1.0 / options.GradientAccumulation, options.GradientClip);
            if (report.Applied) average?.Update();
            Loss = double.IsNaN(Loss) ? loss : Loss + (0.05 * (loss - Loss));
            log.Scalar("train/loss", number + 1, (float)loss);
            log.Scalar("train/gradient norm", number + 1, (float)report.GradientNorm);
            log.Scalar("train/learning rate", number + 1, (float)(options.LearningRate * optimizer.LearningRateFactor));
            if (draw is not null && options.SampleEvery > 0 && (number + 1) % options.SampleEvery == 0)
                await SampleAsync(draw, log, number + 1, cancellationToken).ConfigureAwait(false);
            return new TrainingStep(loss, report.GradientNorm);
        }, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Draws with a model, one picture a prompt; prompt and step are all the seed depends on, so that pictures can be compared.</summary>
    public async Task<IReadOnlyList<ImageBuffer>> DrawAsync(DiffusionModel model, Func<ImageRequest, ImageRequest> complete, CancellationToken cancellationToken)
    {
        var pictures = new List<ImageBuffer>();
        foreach (var prompt in options.SamplePrompts)
        {
            var request = complete(new(prompt) { Seed = 1, Guidance = options.SampleGuidance });
            pictures.Add((await model.GenerateAsync(request, cancellationToken: cancellationToken).ConfigureAwait(false))[0].Image);
        }

        return pictures;
    }

    async Task SampleAsync(Func<CancellationToken, Task<IReadOnlyList<ImageBuffer>>> draw, EventFile log, long number, CancellationToken cancellationToken)
    {
        IReadOnlyList<ImageBuffer> pictures;
        try
        {
            pictures = await draw(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The step itself is whole: the loop ends after it, with its checkpoint.
            return;
        }

        var samples = Path.Combine(folder, "samples");
        Directory.CreateDirectory(samples);
        for (var i = 0; i < pictures.Count; i++)
        {
            log.Image($"samples/{i + 1}", number, pictures[i]);
            var name = string.Create(CultureInfo.InvariantCulture, $"step-{number:D6}-{i + 1}.png");
            await PngCodec.Default.SaveAsync(pictures[i], Path.Combine(samples, name), CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>What everything drawn depends on. How many steps there are to be, and how fast, may change from one run to the next.</summary>
    byte[] Fingerprint(string settings) => SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{options.Seed} {options.BatchSize} {options.GradientAccumulation} {options.MinSnrGamma} {options.NoiseOffset} {options.CaptionDropout} {options.Mirror} {options.FirstTimestep} {options.LastTimestep} {settings}")));
}
