using MultiModal.Voice.Signal;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Voice.Diffusion;

/// <summary>What the config.yaml beside a diffusion model says, with the original's defaults where it says nothing.</summary>
public sealed record MelDiffusionConfig
{
    /// <summary>Samples a second; 44100 by default.</summary>
    public int SampleRate { get; init; } = 44100;

    /// <summary>Samples for a frame ("block_size"); 512 by default.</summary>
    public int HopLength { get; init; } = 512;

    /// <summary>The content encoder ("encoder"); null where it is not named.</summary>
    public string? SpeechEncoder { get; init; }

    /// <summary>How content units are stretched to frames: by the older "left" rule where the config says nothing.</summary>
    public UnitAlignmentMode UnitAlignment { get; init; } = UnitAlignmentMode.Left;

    /// <summary>The most steps a shallow refinement takes ("k_step_max"); 0 for a model that was trained from pure noise.</summary>
    public int MaximumSteps { get; init; }

    /// <summary>Whether the vocoder takes decimal logarithms ("nsf-hifigan-log10"). False by default.</summary>
    public bool DecimalVocoder { get; init; }

    /// <summary>Where the vocoder was in training ("pretrain/nsf_hifigan/model").</summary>
    public string VocoderPath { get; init; } = "pretrain/nsf_hifigan/model";

    /// <summary>How many steps of the noise a sampler takes at once; 10 by default.</summary>
    public int Speedup { get; init; } = 10;

    /// <summary>The sampler; DPM-Solver++ by default.</summary>
    public MelSampler Sampler { get; init; } = MelSampler.DpmSolverPlusPlus;

    /// <summary>The speakers' numbers by name.</summary>
    public IReadOnlyDictionary<string, int> Speakers { get; init; } = new Dictionary<string, int>();

    /// <summary>Reads a file.</summary>
    /// <param name="path">The config.yaml.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="InvalidFileException">The file is missing, no YAML, or has a value of a wrong type or out of range.</exception>
    public static async Task<MelDiffusionConfig> LoadAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return From(await ConfigSection.LoadAsync(path, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Reads YAML in memory.</summary>
    /// <param name="yaml">UTF-8.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="InvalidFileException">It is no YAML, or has a value of a wrong type or out of range.</exception>
    public static MelDiffusionConfig Parse(ReadOnlySpan<byte> yaml, string name = "config.yaml") => From(ConfigSection.ParseYaml(name, yaml));

    static MelDiffusionConfig From(ConfigSection root)
    {
        var (data, model, vocoder, infer) = (root.Section("data"), root.Section("model"), root.Section("vocoder"), root.Section("infer"));
        var fallback = new MelDiffusionConfig();
        return new()
        {
            SampleRate = data.Size("sampling_rate", fallback.SampleRate, 8000, 192_000),
            HopLength = data.Size("block_size", fallback.HopLength, 16, 1 << 14),
            SpeechEncoder = data.Text("encoder"),
            UnitAlignment = SvcConfig.ReadAlignment(data),
            MaximumSteps = model.Size("k_step_max", 0, 0, 1 << 16),
            DecimalVocoder = vocoder.Text("type") switch
            {
                null or "nsf-hifigan" => false,
                "nsf-hifigan-log10" => true,
                _ => throw vocoder.Wrong("type", "\"nsf-hifigan\" or \"nsf-hifigan-log10\""),
            },
            VocoderPath = vocoder.Text("ckpt") ?? fallback.VocoderPath,
            Speedup = infer.Size("speedup", fallback.Speedup, 1, 1 << 16),
            Sampler = infer.Text("method") switch
            {
                null or "dpm-solver++" => MelSampler.DpmSolverPlusPlus,
                "dpm-solver" => MelSampler.DpmSolver,
                "unipc" => MelSampler.UniPc,
                "pndm" => MelSampler.Pndm,
                "ddim" => MelSampler.Ddim,
                _ => throw infer.Wrong("method", "\"dpm-solver++\", \"dpm-solver\", \"unipc\", \"pndm\" or \"ddim\""),
            },
            Speakers = SvcConfig.ReadSpeakers(root.Section("spk")),
        };
    }
}
