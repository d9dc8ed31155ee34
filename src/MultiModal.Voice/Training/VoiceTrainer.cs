using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Training;
using MultiModal.Runtime.Training.Optimizers;
using MultiModal.Runtime.Weights;
using MultiModal.Voice.Synthesis;
using MultiModal.Voice.Training.Data;
using MultiModal.Voice.Training.Networks;

namespace MultiModal.Voice.Training;

/// <summary>
/// Trains a voice as So-VITS-SVC does: a conditional variational autoencoder judged by discriminators. Of its checkpoints the original's tools and
/// <see cref="Conversion.VoiceModel"/> make use alike.
/// </summary>
/// <remarks>
/// A step moves the generator first and then the discriminators by the sound it made, so that sound is made once a step. The original moves the
/// discriminators first and makes it twice.
/// </remarks>
public sealed class VoiceTrainer : IAsyncDisposable
{
    readonly VoiceDataset data;
    readonly VoiceTrainingOptions options;
    readonly VoiceParameters generator;
    readonly VoiceParameters? discriminator;
    readonly TrainingSession generating;
    readonly TrainingSession? judging;
    readonly AdamW moving;
    readonly AdamW? learning;
    readonly VoiceBatches batches;
    readonly VoiceBatches? heldOut;
    readonly Dictionary<string, TensorData> pair = [];
    readonly IReadOnlyList<string> terms;
    long step;

    VoiceTrainer(
        VoiceDataset data, VoiceTrainingOptions options, VoiceParameters generator, VoiceParameters? discriminator, TrainingSession generating, TrainingSession? judging,
        SynthesizerConfig networks, ObjectiveOptions objective, long step)
    {
        (this.data, this.options, this.generator, this.discriminator, this.generating, this.judging, this.step) = (data, options, generator, discriminator, generating, judging, step);
        var config = options.Config;
        var coefficients = new AdamWOptions { LearningRate = config.LearningRate, Beta1 = config.Beta1, Beta2 = config.Beta2, Epsilon = config.Epsilon };
        moving = new(generator.Trained, coefficients);
        learning = discriminator is null ? null : new(discriminator.Trained, coefficients);
        var fed = generating.Network.Inputs.Select(i => i.Name).Where(n => !generator.Trained.TryGet(n, out _) && !generator.Kept.TryGet(n, out _))
            .Where(n => discriminator?.Trained.TryGet(n, out _) != true).ToList();
        terms = [.. generating.Network.Outputs.Select(o => o.Name).Where(n => n.StartsWith("loss_", StringComparison.Ordinal))];
        batches = new(data.Training, config, networks, objective, fed);
        heldOut = data.Validation.Count == 0 ? null : new(data.Validation, config, networks, objective, fed);
    }

    /// <summary>Steps done.</summary>
    public long Step => step;

    /// <summary>The step at which training ends.</summary>
    public long Steps => Math.Min(options.Steps ?? long.MaxValue, options.Config.Epochs * batches.StepsPerEpoch / options.Config.GradientAccumulationSteps);

    /// <summary>Builds the networks and takes up the last checkpoint in the folder, or the base model, or begins from scratch.</summary>
    /// <param name="data">What is trained on.</param>
    /// <param name="options">What is trained, and how.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="InvalidFileException">A checkpoint is damaged.</exception>
    /// <exception cref="WeightMismatchException">A checkpoint is of networks of other sizes than the config says.</exception>
    /// <exception cref="TrainingFailedException">The data have more speakers than the base model, or no clip as long as a segment.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static async Task<VoiceTrainer> CreateAsync(VoiceDataset data, VoiceTrainingOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var config = options.Config;
        if (data.Options.SampleRate != config.SampleRate || data.Options.Hop != config.HopLength)
            throw new ArgumentException($"The data are of {data.Options.SampleRate} Hz with a hop of {data.Options.Hop}; the config says {config.SampleRate} and {config.HopLength}.", nameof(data));
        if (data.Training.FirstOrDefault(c => c.Frames < config.SegmentFrames) is { } tooShort)
            throw new TrainingFailedException($"{tooShort.Path} is {tooShort.Frames} frames long, a segment {config.SegmentFrames}: prepare clips that are longer, or take a smaller segment.");
        var step = TrainingCheckpoints.Steps(options.Folder) is [.., var last] ? last : 0;
        using var start = Open(step > 0 ? TrainingCheckpoints.Generator(options.Folder, step) : options.BaseGenerator);
        var speakers = start?.Find("emb_g.weight") is { } table ? (int)table.Dimensions[0] : data.Speakers.Count;
        if (speakers < data.Speakers.Count) throw new TrainingFailedException($"The data have {data.Speakers.Count} speakers, {start!.Name} has {speakers}.");

        var networks = config.Networks(data.ContentChannels, speakers);
        var judged = options.Adversarial && options.Stage is not TrainingStage.Prior;
        var objective = new ObjectiveOptions
        {
            Stage = options.Stage,
            Batch = config.BatchSize,
            Frames = Math.Min(options.CropFrames, Math.Max(config.SegmentFrames, data.Training.Max(c => c.Frames))),
            SegmentFrames = config.SegmentFrames,
            Mel = config.Mel,
            Discriminator = judged ? options.Discriminator : null,
            MelWeight = (float)config.MelWeight,
            DivergenceWeight = (float)config.DivergenceWeight,
        };
        var graph = new Graph();
        WeightNorm.Derive(graph, Normed(start));
        var loss = new GeneratorObjective(graph, networks, objective);
        var wanted = loss.Trained.Select(p => p.Name!).Where(n => options.OnlyParts?.Any(part => n.StartsWith(part, StringComparison.Ordinal)) != false).ToHashSet(StringComparer.Ordinal);
        var generator = VoiceParameters.Create(graph, "discriminators.", wanted.Contains, start, config.Seed);
        VoiceParameters? discriminator = null;
        TrainingSession? judging = null;
        if (judged)
        {
            using var other = Open(step > 0 && File.Exists(TrainingCheckpoints.Discriminator(options.Folder, step)) ? TrainingCheckpoints.Discriminator(options.Folder, step) : options.BaseDiscriminator);
            var second = new Graph();
            WeightNorm.Derive(second, Normed(other));
            var lesson = new DiscriminatorObjective(second, options.Discriminator, config.BatchSize, config.SegmentSize);
            discriminator = VoiceParameters.Create(second, null, _ => true, other, config.Seed + 1);
            judging = await TrainingSession.CreateAsync(
                second, [new TrainingLoss("loss", lesson.Loss, discriminator.Trained)], options: options.Runtime, name: "the discriminator's training", cancellationToken: cancellationToken).ConfigureAwait(false);
        }

        try
        {
            var generating = await TrainingSession.CreateAsync(
                graph, [new TrainingLoss("loss", loss.Loss, generator.Trained)], shared: discriminator is null ? [generator.Kept] : [generator.Kept, discriminator.Trained],
                options: options.Runtime, name: "the generator's training", cancellationToken: cancellationToken).ConfigureAwait(false);
            return new(data, options, generator, discriminator, generating, judging, networks, objective, step);
        }
        catch
        {
            if (judging is not null) await judging.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Trains to the end, writing a checkpoint every so many steps and at the end.</summary>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellationToken">Ends training: the step under way is dropped, and a checkpoint of the last whole one is written.</param>
    /// <returns>The last generator's file.</returns>
    /// <exception cref="TrainingFailedException">A loss or a gradient is no longer a number; the message names the step. The last checkpoint stays.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled, and the checkpoint is written.</exception>
    public async Task<string> RunAsync(IProgress<VoiceTrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        Directory.CreateDirectory(options.Folder);
        await options.Config.WriteAsync(Path.Combine(options.Folder, "config.json"), data.Speakers, data.EncoderName, data.ContentChannels, cancellationToken).ConfigureAwait(false);
        var written = step;
        try
        {
            while (step < Steps)
            {
                var (losses, norm) = await StepAsync(cancellationToken).ConfigureAwait(false);
                step++;
                string? file = null;
                double? validation = null;
                if (step % options.Config.EvaluationInterval == 0 || step == Steps)
                {
                    validation = await ValidateAsync(cancellationToken).ConfigureAwait(false);
                    file = Save();
                    written = step;
                }

                progress?.Report(new(step, Steps, Epoch(step - 1), losses, options.Config.LearningRate * moving.LearningRateFactor, norm, validation, file));
            }
        }
        finally
        {
            if (step > written && cancellationToken.IsCancellationRequested) Save();
        }

        return TrainingCheckpoints.Generator(options.Folder, step);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await generating.DisposeAsync().ConfigureAwait(false);
        if (judging is not null) await judging.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Gradients of some batches, then the generator moves, then the discriminators.</summary>
    async Task<(IReadOnlyDictionary<string, double> Losses, double Norm)> StepAsync(CancellationToken cancellationToken)
    {
        var parts = options.Config.GradientAccumulationSteps;
        var losses = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var i = 0; i < parts; i++)
        {
            var inputs = batches.Fill((step * parts) + i);
            await generating.RunAsync(inputs, i > 0, cancellationToken).ConfigureAwait(false);
            foreach (var term in terms) Add(losses, term["loss_".Length..], generating.Output(term).Floats[0] / parts);
            if (judging is null) continue;
            pair["real"] = inputs["sound"];
            pair["made"] = generating.Output("audio");
            await judging.RunAsync(pair, i > 0, cancellationToken).ConfigureAwait(false);
            Add(losses, "disc", judging.Loss("loss") / parts);
        }

        moving.LearningRateFactor = Rate();
        var report = moving.Step(1.0 / parts, options.ClipNorm);
        var judged = true;
        if (learning is not null)
        {
            learning.LearningRateFactor = moving.LearningRateFactor;
            judged = learning.Step(1.0 / parts, options.ClipNorm).Applied;
        }

        if (!report.Applied || !judged || losses.Values.Any(l => !double.IsFinite(l)))
        {
            throw new TrainingFailedException(
                $"At step {step} a loss or a gradient is no longer a number ({string.Join(", ", losses.Select(l => $"{l.Key} {l.Value:G4}"))}). Lower the learning rate, or limit the gradients' norm, and go on from the last checkpoint.");
        }

        return (losses, report.GradientNorm);
    }

    async Task<double?> ValidateAsync(CancellationToken cancellationToken)
    {
        if (heldOut is null || !terms.Contains("loss_mel")) return null;
        var sum = 0.0;
        const int Runs = 4;
        for (var i = 0; i < Runs; i++)
        {
            await generating.RunAsync(heldOut.Fill(i), cancellationToken: cancellationToken).ConfigureAwait(false);
            sum += generating.Output("loss_mel").Floats[0];
        }

        return sum / Runs;
    }

    string Save()
    {
        var rate = options.Config.LearningRate;
        if (discriminator is not null) TrainingCheckpoints.Write(TrainingCheckpoints.Discriminator(options.Folder, step), discriminator.All, Epoch(step), null, rate);
        var file = TrainingCheckpoints.Generator(options.Folder, step);
        TrainingCheckpoints.Write(file, generator.All, Epoch(step), null, rate);
        TrainingCheckpoints.Prune(options.Folder, options.Config.KeepCheckpoints);
        return file;
    }

    long Epoch(long at) => at * options.Config.GradientAccumulationSteps / batches.StepsPerEpoch;

    /// <summary>Rises over the first epochs, then falls with each.</summary>
    double Rate()
    {
        var config = options.Config;
        var warm = config.WarmupEpochs * batches.StepsPerEpoch / config.GradientAccumulationSteps;
        var factor = step < warm ? (step + 1.0) / warm : 1;
        return factor * Math.Pow(config.LearningRateDecay, Epoch(step));
    }

    static void Add(Dictionary<string, double> sums, string name, double value) => sums[name] = sums.GetValueOrDefault(name) + value;

    static Func<string, bool> Normed(IWeightSource? start) => start is null ? WeightNorm.IsNormedInOriginal : WeightNorm.IsNormedIn(start);

    static IWeightSource? Open(string? path)
    {
        if (path is null) return null;
        var file = WeightFiles.Open(path);
        return file.Names.Any(n => n.StartsWith("model.", StringComparison.Ordinal)) ? SvcCheckpoint.Within(file, "model.") : file;
    }
}
