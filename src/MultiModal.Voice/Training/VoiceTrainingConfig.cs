using MultiModal.Voice.Signal;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Voice.Training;

/// <summary>
/// The config.json of So-VITS-SVC as training needs it: sizes of the networks, of the spectrograms and of a step. Keys and defaults are those of
/// version 4.1; "gradient_accumulation_steps" (in forks "accumulate_grad_batches") is known too.
/// </summary>
public sealed record VoiceTrainingConfig
{
    /// <summary>Samples a second ("sampling_rate"); 44100 by default.</summary>
    public int SampleRate { get; init; } = 44100;

    /// <summary>The length of the Fourier transform and of its window; 2048 by default.</summary>
    public int FilterLength { get; init; } = 2048;

    /// <summary>Samples for a frame; 512 by default. The product of <see cref="UpsampleRates"/>.</summary>
    public int HopLength { get; init; } = 512;

    /// <summary>Mels of the spectrograms that are compared; 80 by default.</summary>
    public int MelChannels { get; init; } = 80;

    /// <summary>Where the first of them begins, in Hz; 0 by default.</summary>
    public double MelLowest { get; init; }

    /// <summary>Where the last of them ends, in Hz; half the rate where null.</summary>
    public double? MelHighest { get; init; }

    /// <summary>How units are stretched to frames; to the nearest by default.</summary>
    public UnitAlignmentMode UnitAlignment { get; init; } = UnitAlignmentMode.Nearest;

    /// <summary>How often the data are gone through; 10000 by default: training is stopped when it sounds right.</summary>
    public int Epochs { get; init; } = 10000;

    /// <summary>Clips in a step; 6 by default.</summary>
    public int BatchSize { get; init; } = 6;

    /// <summary>Steps whose gradients are added up before the weights change; 1 by default.</summary>
    public int GradientAccumulationSteps { get; init; } = 1;

    /// <summary>The learning rate at the beginning; 0.0001 by default.</summary>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>By what it is multiplied after each epoch ("lr_decay"); 0.999875 by default.</summary>
    public double LearningRateDecay { get; init; } = 0.999875;

    /// <summary>Epochs over which it rises from zero; none by default.</summary>
    public int WarmupEpochs { get; init; }

    /// <summary>AdamW's first coefficient; 0.8 by default.</summary>
    public double Beta1 { get; init; } = 0.8;

    /// <summary>AdamW's second coefficient; 0.99 by default.</summary>
    public double Beta2 { get; init; } = 0.99;

    /// <summary>AdamW's epsilon; 1e-9 by default.</summary>
    public double Epsilon { get; init; } = 1e-9;

    /// <summary>Samples of which sound is made in a step, from each clip ("segment_size"); 10240 by default. A multiple of the hop.</summary>
    public int SegmentSize { get; init; } = 10240;

    /// <summary>The weight of the mel spectrograms' distance ("c_mel"); 45 by default.</summary>
    public double MelWeight { get; init; } = 45;

    /// <summary>The weight of the divergence of posterior and prior ("c_kl"); 1 by default.</summary>
    public double DivergenceWeight { get; init; } = 1;

    /// <summary>The seed of everything random; 1234 by default.</summary>
    public ulong Seed { get; init; } = 1234;

    /// <summary>Steps between two entries of the log; 200 by default.</summary>
    public int LogInterval { get; init; } = 200;

    /// <summary>Steps between two checkpoints ("eval_interval"); 800 by default.</summary>
    public int EvaluationInterval { get; init; } = 800;

    /// <summary>How many checkpoints are kept ("keep_ckpts"), base models aside; 3 by default, 0 for all.</summary>
    public int KeepCheckpoints { get; init; } = 3;

    /// <summary>Channels of the latent; 192 by default.</summary>
    public int InterChannels { get; init; } = 192;

    /// <summary>Channels inside the networks; 192 by default.</summary>
    public int HiddenChannels { get; init; } = 192;

    /// <summary>Channels inside the feed-forward parts; 768 by default.</summary>
    public int FilterChannels { get; init; } = 768;

    /// <summary>Attention heads; 2 by default.</summary>
    public int Heads { get; init; } = 2;

    /// <summary>Layers of the prior; 6 by default.</summary>
    public int Layers { get; init; } = 6;

    /// <summary>The kernel of its feed-forward parts; 3 by default.</summary>
    public int KernelSize { get; init; } = 3;

    /// <summary>Layers of the network in each coupling ("n_flow_layer"); 4 by default.</summary>
    public int FlowLayers { get; init; } = 4;

    /// <summary>The length of the speaker embedding ("gin_channels"); 768 by default.</summary>
    public int SpeakerChannels { get; init; } = 768;

    /// <summary>Whether an undilated convolution follows each dilated one in the decoder's blocks ("resblock" is "1", else "2"); true by default.</summary>
    public bool PairedResiduals { get; init; } = true;

    /// <summary>The kernels of the decoder's residual blocks; 3, 7 and 11 by default.</summary>
    public IReadOnlyList<int> ResidualKernels { get; init; } = [3, 7, 11];

    /// <summary>Their dilations; 1, 3 and 5 each by default.</summary>
    public IReadOnlyList<IReadOnlyList<int>> ResidualDilations { get; init; } = [[1, 3, 5], [1, 3, 5], [1, 3, 5]];

    /// <summary>By how much each stage of the decoder upsamples; 8, 8, 2, 2, 2 by default.</summary>
    public IReadOnlyList<int> UpsampleRates { get; init; } = [8, 8, 2, 2, 2];

    /// <summary>The kernels of those stages; 16, 16, 4, 4, 4 by default.</summary>
    public IReadOnlyList<int> UpsampleKernels { get; init; } = [16, 16, 4, 4, 4];

    /// <summary>Channels after the decoder's first convolution; 512 by default.</summary>
    public int UpsampleInitialChannels { get; init; } = 512;

    /// <summary>Whether the volume is an input ("vol_embedding"); false by default.</summary>
    public bool VolumeEmbedding { get; init; }

    /// <summary>Whether the model learns to predict pitch ("use_automatic_f0_prediction"); true by default.</summary>
    public bool PredictsPitch { get; init; } = true;

    /// <summary>The rate the harmonic source is computed for; see <see cref="SvcConfig.SourceSampleRate"/>. 44100 by default.</summary>
    public int SourceSampleRate { get; init; } = 44100;

    /// <summary>Frames of a segment.</summary>
    public int SegmentFrames => SegmentSize / HopLength;

    internal MelSpectrogramOptions Mel => new()
    {
        SampleRate = SampleRate, FftSize = FilterLength, Hop = HopLength, Mels = MelChannels, Lowest = MelLowest, Highest = MelHighest ?? SampleRate / 2.0,
    };

    /// <summary>Reads a config.json.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="InvalidFileException">The file is missing, no JSON, has a value of a wrong type or out of range, or asks for a network that is not trained here.</exception>
    public static async Task<VoiceTrainingConfig> LoadAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var root = await ConfigSection.LoadAsync(path, cancellationToken).ConfigureAwait(false);
        return TrainingConfigJson.Read(root);
    }

    /// <summary>Writes the config.json of a model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="speakers">The speakers' numbers by name.</param>
    /// <param name="speakerCount">How many speakers the model has room for; the original needs to know.</param>
    /// <param name="encoder">The content encoder's name.</param>
    /// <param name="contentChannels">The length of its units.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    public async Task WriteAsync(
        string path, IReadOnlyDictionary<string, int> speakers, int speakerCount, string encoder, int contentChannels, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(speakers);
        var json = TrainingConfigJson.Write(this, speakers, speakerCount, encoder, contentChannels);
        await File.WriteAllTextAsync(path, json.ToJsonString(IndentedJson.Options), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The dimensions of the networks to train.</summary>
    internal SynthesizerConfig Networks(int contentChannels, int speakers) => new()
    {
        ContentChannels = contentChannels,
        SpeakerChannels = SpeakerChannels,
        SpeakerCount = speakers,
        InterChannels = InterChannels,
        HiddenChannels = HiddenChannels,
        FilterChannels = FilterChannels,
        Heads = Heads,
        Layers = Layers,
        Kernel = KernelSize,
        Window = 4,
        FlowLayers = 4,
        FlowNetworkLayers = FlowLayers,
        TransformerFlow = false,
        SharedFlow = false,
        DepthwiseConvolutions = false,
        VolumeEmbedding = VolumeEmbedding,
        PitchLayers = PredictsPitch ? 6 : 0,
        PosteriorLayers = 16,
        SpectrumChannels = (FilterLength / 2) + 1,
        Decoder = new()
        {
            InputChannels = InterChannels,
            InitialChannels = UpsampleInitialChannels,
            SpeakerChannels = SpeakerChannels,
            UpsampleRates = UpsampleRates,
            UpsampleKernels = UpsampleKernels,
            ResidualKernels = ResidualKernels,
            ResidualDilations = ResidualDilations,
            PairedResiduals = PairedResiduals,
        },
    };

    internal void Validate()
    {
        Positive(BatchSize, nameof(BatchSize));
        Positive(GradientAccumulationSteps, nameof(GradientAccumulationSteps));
        Positive(Epochs, nameof(Epochs));
        Positive(EvaluationInterval, nameof(EvaluationInterval));
        Positive(LogInterval, nameof(LogInterval));
        if (!(LearningRate > 0) || !(LearningRateDecay is > 0 and <= 1)) throw new ArgumentException("The learning rate is positive, its decay above 0 and at most 1.");
        if (UpsampleRates.Aggregate(1, (a, b) => a * b) != HopLength)
            throw new ArgumentException($"The decoder upsamples by {string.Join(" x ", UpsampleRates)}, which is not the hop of {HopLength}.", nameof(UpsampleRates));
        if (UpsampleKernels.Count != UpsampleRates.Count) throw new ArgumentException("Every stage of the decoder has a rate and a kernel.", nameof(UpsampleKernels));
        if (ResidualKernels.Count != ResidualDilations.Count) throw new ArgumentException("Every residual block has a kernel and dilations.", nameof(ResidualKernels));
        if (UpsampleInitialChannels >> UpsampleRates.Count << UpsampleRates.Count != UpsampleInitialChannels)
            throw new ArgumentException($"{UpsampleInitialChannels} channels cannot be halved {UpsampleRates.Count} times.", nameof(UpsampleInitialChannels));
        if (SegmentSize % HopLength != 0 || SegmentSize < 2 * HopLength || SegmentSize <= (FilterLength - HopLength) / 2)
            throw new ArgumentException($"A segment of {SegmentSize} samples is no multiple of the hop of {HopLength} that holds a spectrogram.", nameof(SegmentSize));
        if (FilterLength % HopLength != 0) throw new ArgumentException($"The transform's length ({FilterLength}) is a multiple of the hop ({HopLength}).", nameof(FilterLength));
        if (InterChannels % 2 != 0 || HiddenChannels % Heads != 0) throw new ArgumentException("The latent has an even number of channels, and heads divide the hidden ones.");
    }

    static void Positive(int value, string name) => ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, name);
}
