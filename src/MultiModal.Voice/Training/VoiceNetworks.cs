using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Training;
using MultiModal.Runtime.Weights;
using MultiModal.Voice.Synthesis;
using MultiModal.Voice.Training.Data;
using MultiModal.Voice.Training.Networks;

namespace MultiModal.Voice.Training;

/// <summary>The networks of a training, compiled, with their parameters: from the folder's last checkpoint, from base models, or fresh.</summary>
sealed class VoiceNetworks : IAsyncDisposable
{
    const string OfDiscriminator = "discriminators.";

    VoiceNetworks(
        SynthesizerConfig config, ObjectiveOptions objective, VoiceParameters generator, VoiceParameters? discriminator, TrainingSession generating, TrainingSession? judging,
        long step)
    {
        (Config, Objective, Generator, Discriminator, Generating, Judging, Step) = (config, objective, generator, discriminator, generating, judging, step);
        Terms = [.. generating.Network.Outputs.Select(o => o.Name).Where(n => n.StartsWith("loss_", StringComparison.Ordinal)).Select(n => n["loss_".Length..])];
        Inputs =
        [
            .. generating.Network.Inputs.Select(i => i.Name)
                .Where(n => !generator.Trained.TryGet(n, out _) && !generator.Kept.TryGet(n, out _) && discriminator?.Trained.TryGet(n, out _) != true),
        ];
    }

    public SynthesizerConfig Config { get; }

    public ObjectiveOptions Objective { get; }

    public VoiceParameters Generator { get; }

    public VoiceParameters? Discriminator { get; }

    /// <summary>Makes sound and the generator's gradients.</summary>
    public TrainingSession Generating { get; }

    /// <summary>Makes the discriminators' gradients; null where there are none.</summary>
    public TrainingSession? Judging { get; }

    /// <summary>The step of the checkpoint in the folder; 0 where there is none.</summary>
    public long Step { get; }

    /// <summary>The names of the generator's losses.</summary>
    public IReadOnlyList<string> Terms { get; }

    /// <summary>The names of the inputs that batches fill.</summary>
    public IReadOnlyList<string> Inputs { get; }

    public static async Task<VoiceNetworks> CreateAsync(VoiceDataset data, VoiceTrainingOptions options, CancellationToken cancellationToken)
    {
        var step = TrainingCheckpoints.Steps(options.Folder) is [.., var last] ? last : 0;
        using var start = Open(step > 0 ? TrainingCheckpoints.Generator(options.Folder, step) : options.BaseGenerator);
        var config = options.Config.Networks(data.ContentChannels, SpeakerCount(data, start));
        var judged = options.Adversarial && options.Stage is not TrainingStage.Prior;
        var objective = Sizes(data, options, judged);

        var graph = new Graph();
        WeightNorm.Derive(graph, Normed(start));
        var loss = new GeneratorObjective(graph, config, objective);
        var wanted = loss.Trained.Select(p => p.Name!).Where(n => options.OnlyParts?.Any(part => n.StartsWith(part, StringComparison.Ordinal)) != false).ToHashSet(StringComparer.Ordinal);
        if (wanted.Count == 0) throw new VoiceTrainingException($"None of the parts {string.Join(", ", options.OnlyParts!)} is trained in the stage {options.Stage}.");
        var generator = VoiceParameters.Create(graph, OfDiscriminator, wanted.Contains, start, options.Config.Seed);
        if (start is not null && generator.Missing is [var missing, ..])
        {
            throw new VoiceTrainingException(
                $"{start.Name} has no '{missing}', which the stage {options.Stage} reads and does not train. A released model has no posterior (enc_q): train in the stage {TrainingStage.Direct}.");
        }

        var discriminator = judged ? new Lesson(options, config, step) : null;
        TrainingSession? judging = null;
        try
        {
            if (discriminator is not null) judging = await discriminator.CompileAsync(options, cancellationToken).ConfigureAwait(false);
            var generating = await TrainingSession.CreateAsync(
                graph, [new TrainingLoss("loss", loss.Loss, generator.Trained)], shared: discriminator is null ? [generator.Kept] : [generator.Kept, discriminator.Parameters.Trained],
                options: options.Runtime, name: "the generator's training", cancellationToken: cancellationToken).ConfigureAwait(false);
            return new(config, objective, generator, discriminator?.Parameters, generating, judging, step);
        }
        catch
        {
            if (judging is not null) await judging.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Generating.DisposeAsync().ConfigureAwait(false);
        if (Judging is not null) await Judging.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Base models have room for many speakers, of which the data take the first.</summary>
    static int SpeakerCount(VoiceDataset data, IWeightSource? start)
    {
        if (start?.Find("emb_g.weight") is not { } table) return data.Speakers.Count;
        return table.Dimensions[0] >= data.Speakers.Count ? (int)table.Dimensions[0]
            : throw new VoiceTrainingException($"The data have {data.Speakers.Count} speakers, {start.Name} has room for {table.Dimensions[0]}.");
    }

    static ObjectiveOptions Sizes(VoiceDataset data, VoiceTrainingOptions options, bool judged)
    {
        var config = options.Config;
        return new()
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
    }

    static Func<string, bool> Normed(IWeightSource? start)
    {
        if (start is null) return WeightNorm.IsNormedInOriginal;
        var known = WeightNorm.IsNormedIn(start);
        // What the checkpoint lacks (a posterior, the discriminators) is begun as the original has it.
        var plain = start.Names.ToHashSet(StringComparer.Ordinal);
        return name => known(name) || (!plain.Contains(name) && WeightNorm.IsNormedInOriginal(name));
    }

    static IWeightSource? Open(string? path)
    {
        if (path is null) return null;
        var file = WeightFiles.Open(path);
        return file.Names.Any(n => n.StartsWith("model.", StringComparison.Ordinal)) ? SvcCheckpoint.Within(file, "model.") : file;
    }

    /// <summary>The discriminators' side.</summary>
    sealed class Lesson
    {
        readonly Graph graph = new();
        readonly DiscriminatorObjective objective;

        public Lesson(VoiceTrainingOptions options, SynthesizerConfig config, long step)
        {
            var own = TrainingCheckpoints.Discriminator(options.Folder, step);
            using var start = Open(step > 0 && File.Exists(own) ? own : options.BaseDiscriminator);
            WeightNorm.Derive(graph, Normed(start));
            objective = new(graph, options.Discriminator, options.Config.BatchSize, options.Config.SegmentFrames * config.Decoder.Hop);
            Parameters = VoiceParameters.Create(graph, null, _ => true, start, options.Config.Seed + 1);
        }

        public VoiceParameters Parameters { get; }

        public Task<TrainingSession> CompileAsync(VoiceTrainingOptions options, CancellationToken cancellationToken) => TrainingSession.CreateAsync(
            graph, [new TrainingLoss("loss", objective.Loss, Parameters.Trained)], options: options.Runtime, name: "the discriminators' training", cancellationToken: cancellationToken);
    }
}
