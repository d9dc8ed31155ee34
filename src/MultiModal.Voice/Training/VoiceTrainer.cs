using MultiModal.Audio;
using MultiModal.Runtime;
using MultiModal.Runtime.Training;
using MultiModal.Runtime.Training.Checkpoints;
using MultiModal.Runtime.Training.Logging;
using MultiModal.Runtime.Training.Optimizers;
using MultiModal.Runtime.Training.Schedules;
using MultiModal.Runtime.Weights;
using MultiModal.Voice.Training.Data;

namespace MultiModal.Voice.Training;

/// <summary>
/// Trains a voice as So-VITS-SVC does: a conditional variational autoencoder judged by discriminators. Of its checkpoints the original's tools and
/// <see cref="Conversion.VoiceModel"/> make use alike.
/// </summary>
/// <remarks>
/// A step moves the generator first and then the discriminators by the sound it made, so that sound is made once a step. The original moves the
/// discriminators first and makes it twice. In the folder are G_step.pth and D_step.pth, config.json, the exact state for going on ("state"),
/// and TensorBoard's event files ("log").
/// </remarks>
public sealed class VoiceTrainer : IAsyncDisposable
{
    const int ValidationRuns = 4;

    readonly VoiceDataset data;
    readonly VoiceTrainingOptions options;
    readonly VoiceNetworks networks;
    readonly AdamW moving;
    readonly AdamW? learning;
    readonly VoiceBatches batches;
    readonly VoiceBatches? heldOut;
    readonly LearningRateSchedule schedule;
    readonly TrainingState state = new();
    readonly CheckpointFolder checkpoints;
    readonly Dictionary<string, TensorData> pair = [];
    IReadOnlyDictionary<string, double> losses = new Dictionary<string, double>();

    VoiceTrainer(VoiceDataset data, VoiceTrainingOptions options, VoiceNetworks networks)
    {
        (this.data, this.options, this.networks) = (data, options, networks);
        var config = options.Config;
        var coefficients = new AdamWOptions { LearningRate = config.LearningRate, Beta1 = config.Beta1, Beta2 = config.Beta2, Epsilon = config.Epsilon };
        moving = new(networks.Generator.Trained, coefficients);
        batches = new(data.Training, config, networks.Config, networks.Objective, networks.Inputs);
        heldOut = data.Validation.Count == 0 ? null : new(data.Validation, config, networks.Config, networks.Objective, networks.Inputs);
        var steps = Math.Max(1, batches.StepsPerEpoch / config.GradientAccumulationSteps);
        schedule = LearningRateSchedule.ExponentialPerEpoch(config.LearningRateDecay, steps, config.WarmupEpochs * steps);
        checkpoints = new(Path.Combine(options.Folder, "state"), keep: 1);
        state.Add("generator", networks.Generator.Trained).Add("generator_optimizer", moving);
        if (networks.Discriminator is { } discriminator)
        {
            learning = new(discriminator.Trained, coefficients);
            state.Add("discriminator", discriminator.Trained).Add("discriminator_optimizer", learning);
        }

        state.Step = networks.Step;
    }

    /// <summary>Steps done.</summary>
    public long Step => state.Step;

    /// <summary>The step at which training ends.</summary>
    public long Steps => Math.Min(options.Steps ?? long.MaxValue, Math.Max(1, options.Config.Epochs * batches.StepsPerEpoch / options.Config.GradientAccumulationSteps));

    /// <summary>Builds the networks and takes up the last checkpoint in the folder, or the base model, or begins from scratch.</summary>
    /// <param name="data">What is trained on.</param>
    /// <param name="options">What is trained, and how.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="InvalidFileException">A checkpoint is damaged.</exception>
    /// <exception cref="WeightMismatchException">A checkpoint is of networks of other sizes than the config says.</exception>
    /// <exception cref="VoiceTrainingException">
    /// The data have more speakers than the base model, a clip is shorter than a segment, or the stage needs networks the base model lacks.
    /// </exception>
    /// <exception cref="ArgumentException">An option is out of range, or the data are of another rate than the config says.</exception>
    public static async Task<VoiceTrainer> CreateAsync(VoiceDataset data, VoiceTrainingOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var config = options.Config;
        if (data.Options.SampleRate != config.SampleRate || data.Options.Hop != config.HopLength)
            throw new ArgumentException($"The data are of {data.Options.SampleRate} Hz with a hop of {data.Options.Hop}; the config says {config.SampleRate} and {config.HopLength}.", nameof(data));
        if (data.Training.Concat(data.Validation).FirstOrDefault(c => c.Frames < config.SegmentFrames) is { } tooShort)
            throw new VoiceTrainingException($"{tooShort.Path} is {tooShort.Frames} frames long, a segment {config.SegmentFrames}: prepare clips that are longer, or take a smaller segment.");
        var networks = await VoiceNetworks.CreateAsync(data, options, cancellationToken).ConfigureAwait(false);
        try
        {
            var trainer = new VoiceTrainer(data, options, networks);
            trainer.checkpoints.TryResume(trainer.state);
            return trainer;
        }
        catch
        {
            await networks.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Trains to the end, writing a checkpoint every so many steps and at the end.</summary>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellationToken">Ends training after the step under way, with a checkpoint.</param>
    /// <returns>The last generator's file.</returns>
    /// <exception cref="TrainingDivergedException">A loss or a gradient is no longer a number; the message names the step. The last checkpoint stays.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled, and the checkpoint is written.</exception>
    public async Task<string> RunAsync(IProgress<VoiceTrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        Directory.CreateDirectory(options.Folder);
        await options.Config.WriteAsync(Path.Combine(options.Folder, "config.json"), data.Speakers, networks.Config.SpeakerCount, data.EncoderName, data.ContentChannels, cancellationToken).ConfigureAwait(false);
        using var log = new EventFile(Path.Combine(options.Folder, "log"));
        // Checkpoints are saved with the files below, so that both are of the same step.
        var run = new TrainingRun(state, checkpoints, Steps, long.MaxValue);
        var begun = state.Step;
        try
        {
            await run.RunAsync(_ => StepAsync(), new Listener(p => Report(p, log, progress)), cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (state.Step > begun)
        {
            Write();
            throw;
        }

        return TrainingCheckpoints.Generator(options.Folder, state.Step);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => networks.DisposeAsync();

    /// <summary>Gradients of some batches, then the generator moves, then the discriminators.</summary>
    async Task<TrainingStep> StepAsync()
    {
        var parts = options.Config.GradientAccumulationSteps;
        var sums = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var i = 0; i < parts; i++)
        {
            var inputs = batches.Fill((state.Step * parts) + i);
            await networks.Generating.RunAsync(inputs, i > 0).ConfigureAwait(false);
            foreach (var term in networks.Terms) Add(sums, term, networks.Generating.Output($"loss_{term}").Floats[0] / parts);
            if (networks.Judging is null) continue;
            pair["real"] = inputs["sound"];
            pair["made"] = networks.Generating.Output("audio");
            await networks.Judging.RunAsync(pair, i > 0).ConfigureAwait(false);
            Add(sums, "disc", networks.Judging.Loss("loss") / parts);
        }

        losses = sums;
        // Neither moves where one of them cannot: their state stays that of the step before.
        var norm = GradientNorm.Of(networks.Generator.Trained);
        if (networks.Discriminator is { } judge) norm += GradientNorm.Of(judge.Trained);
        if (!double.IsFinite(norm) || !double.IsFinite(sums.Values.Sum())) return new(sums.Values.Sum(), norm);
        moving.LearningRateFactor = schedule.At(state.Step);
        var report = moving.Step(1.0 / parts, options.ClipNorm);
        if (learning is not null)
        {
            learning.LearningRateFactor = moving.LearningRateFactor;
            learning.Step(1.0 / parts, options.ClipNorm);
        }

        return new(sums.Values.Sum(), report.GradientNorm);
    }

    void Report(TrainingProgress step, EventFile log, IProgress<VoiceTrainingProgress>? progress)
    {
        var rate = options.Config.LearningRate * moving.LearningRateFactor;
        if (step.Step % options.Config.LogInterval == 0)
        {
            // The original's names, so that runs can be laid over each other.
            foreach (var (name, value) in losses) log.Scalar(name == "disc" ? "loss/d/total" : $"loss/g/{name}", step.Step, (float)value);
            log.Scalar("learning_rate", step.Step, (float)rate);
            log.Scalar("grad_norm_g", step.Step, (float)step.GradientNorm);
        }

        double? validation = null;
        string? file = null;
        if (step.Step % options.Config.EvaluationInterval == 0 || step.Step == step.Total)
        {
            validation = Validate(log, step.Step);
            checkpoints.Save(state);
            file = Write();
        }

        progress?.Report(new(step.Step, step.Total, Epoch(step.Step - 1), losses, rate, step.GradientNorm, step.SecondsPerStep, validation, file));
    }

    /// <summary>The mel distance on clips held out, and how one of them sounds.</summary>
    double? Validate(EventFile log, long step)
    {
        if (heldOut is null || !networks.Terms.Contains("mel")) return null;
        var sum = 0.0;
        for (var i = 0; i < ValidationRuns; i++)
        {
            var inputs = heldOut.Fill(i);
            networks.Generating.Run(inputs);
            sum += networks.Generating.Output("loss_mel").Floats[0];
            if (i > 0) continue;
            var samples = options.Config.SegmentSize;
            log.Audio("gen/audio", step, new(networks.Generating.Output("audio").Floats[..samples].ToArray(), options.Config.SampleRate));
            if (inputs.TryGetValue("sound", out var sound)) log.Audio("gt/audio", step, new(sound.Floats[..samples].ToArray(), options.Config.SampleRate));
        }

        log.Scalar("loss/validation/mel", step, (float)(sum / ValidationRuns));
        return sum / ValidationRuns;
    }

    /// <summary>Writes the files that other programs read, with the optimisers' state out of the checkpoint of this step.</summary>
    string Write()
    {
        using var saved = SafetensorsFile.Open(checkpoints.Newest!);
        Write(TrainingCheckpoints.Discriminator(options.Folder, state.Step), networks.Discriminator, learning, "discriminator_optimizer", saved);
        var file = TrainingCheckpoints.Generator(options.Folder, state.Step);
        Write(file, networks.Generator, moving, "generator_optimizer", saved);
        TrainingCheckpoints.Prune(options.Folder, options.Config.KeepCheckpoints);
        return file;
    }

    void Write(string path, VoiceParameters? parameters, AdamW? optimizer, string part, SafetensorsFile saved)
    {
        if (parameters is null || optimizer is null) return;
        TrainingCheckpoints.Write(
            path, parameters.All,
            name => saved.Find($"{part}/exp_avg/{name}") is { } mean && saved.Find($"{part}/exp_avg_sq/{name}") is { } square ? (mean.ToFloat32(), square.ToFloat32()) : null,
            optimizer.Steps, Epoch(state.Step), options.Config.LearningRate * optimizer.LearningRateFactor, options.Config);
    }

    long Epoch(long at) => at * options.Config.GradientAccumulationSteps / batches.StepsPerEpoch;

    static void Add(Dictionary<string, double> sums, string name, double value) => sums[name] = sums.GetValueOrDefault(name) + value;

    /// <summary>Hears of a step before the next one begins.</summary>
    sealed class Listener(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
