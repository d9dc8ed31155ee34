using MultiModal.Voice.Synthesis;
using MultiModal.Voice.Training.Data;

namespace MultiModal.Voice.Training;

/// <summary>
/// Adapts a base voice to a new speaker of whom there are a few minutes: few steps at a low rate, of the parts that make a voice one's own. Five
/// minutes are enough; one minute gives the timbre.
/// </summary>
/// <remarks>
/// The defaults are for small data. The posterior, the prior's attention and the flow stay as the base model has them, which many speakers taught;
/// what moves is the decoder, and the speaker's embedding. So little speech would only be learned by heart by more.
/// </remarks>
public static class VoiceAdaptation
{
    /// <summary>The parts that are adapted: the decoder and the speakers' embeddings.</summary>
    public static IReadOnlyList<string> Parts { get; } = ["dec.", "emb_g."];

    /// <summary>How a data set of a few minutes is prepared: short clips, and each once more a little faster, slower, higher and lower.</summary>
    /// <param name="sampleRate">The base model's rate, in Hz.</param>
    public static DatasetOptions Preparation(int sampleRate = 44100) => new()
    {
        SampleRate = sampleRate,
        LongestClip = TimeSpan.FromSeconds(6),
        Speeds = [0.93, 1.07],
        PitchShifts = [-1, 1],
    };

    /// <summary>Options for adapting a base model.</summary>
    /// <param name="config">The base model's config.</param>
    /// <param name="baseGenerator">Its generator, G_0.pth or any other.</param>
    /// <param name="baseDiscriminator">Its discriminator; null where there is none, and it begins from scratch.</param>
    /// <param name="folder">Where the checkpoints go.</param>
    /// <returns>
    /// 2000 steps at a third of the usual rate, with gradients limited; a checkpoint every 200 steps, of which all are kept, since with so few data an
    /// early one may sound best. The stage is <see cref="TrainingStage.Full"/>, or <see cref="TrainingStage.Direct"/> where the base has no posterior.
    /// </returns>
    /// <exception cref="InvalidFileException">The base model's file is missing or damaged.</exception>
    public static VoiceTrainingOptions Options(VoiceTrainingConfig config, string baseGenerator, string? baseDiscriminator, string folder)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentException.ThrowIfNullOrEmpty(baseGenerator);
        return new()
        {
            Config = config with
            {
                LearningRate = config.LearningRate / 3,
                BatchSize = Math.Min(config.BatchSize, 4),
                EvaluationInterval = 200,
                KeepCheckpoints = 0,
            },
            Folder = folder,
            BaseGenerator = baseGenerator,
            BaseDiscriminator = baseDiscriminator,
            Stage = HasPosterior(baseGenerator) ? TrainingStage.Full : TrainingStage.Direct,
            OnlyParts = Parts,
            ClipNorm = 100,
            CropFrames = 400,
            Steps = 2000,
        };
    }

    /// <summary>Adapts a base model.</summary>
    /// <param name="data">The new speaker's clips.</param>
    /// <param name="options">What <see cref="Options"/> gives, or a variation of it.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellationToken">Ends the work, with a checkpoint.</param>
    /// <returns>The last generator's file.</returns>
    /// <exception cref="ArgumentException">There is no base model in the options, or less than half a minute of speech.</exception>
    /// <inheritdoc cref="VoiceTrainer.RunAsync" path="/exception"/>
    public static async Task<string> RunAsync(
        VoiceDataset data, VoiceTrainingOptions options, IProgress<VoiceTrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        if (options.BaseGenerator is null) throw new ArgumentException("There is no base model to adapt.", nameof(options));
        if (data.Duration < TimeSpan.FromSeconds(30)) throw new ArgumentException($"{data.Duration.TotalSeconds:0} s of speech are too little to adapt a voice: record half a minute or more.", nameof(data));
        await using var trainer = await VoiceTrainer.CreateAsync(data, options, cancellationToken).ConfigureAwait(false);
        return await trainer.RunAsync(progress, cancellationToken).ConfigureAwait(false);
    }

    static bool HasPosterior(string generator)
    {
        using var weights = SvcCheckpoint.Open(generator);
        return weights.Names.Any(n => n.StartsWith("enc_q.", StringComparison.Ordinal));
    }
}
