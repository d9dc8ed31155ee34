using MultiModal.Voice.Signal;

namespace MultiModal.Voice.Synthesis;

/// <summary>What a model's config.json says, with the defaults of So-VITS-SVC 4.1 where it says nothing.</summary>
/// <remarks>Dimensions that can be read off the weights are not here: see <see cref="SynthesizerConfig"/>.</remarks>
public sealed record SvcConfig
{
    /// <summary>Samples a second; 44100 by default.</summary>
    public int SampleRate { get; init; } = 44100;

    /// <summary>
    /// The rate the harmonic source is computed for: "sampling_rate" in the config's section "model", which is what the original passes to its network.
    /// Its own configs have none there, and it takes 44100 whatever the model's rate; so does this.
    /// </summary>
    public int SourceSampleRate { get; init; } = 44100;

    /// <summary>Samples for a frame; 512 by default.</summary>
    public int HopLength { get; init; } = 512;

    /// <summary>The length of the Fourier transform in training; 2048 by default.</summary>
    public int FilterLength { get; init; } = 2048;

    /// <summary>How content units are stretched to frames: by the older "left" rule where the config says nothing.</summary>
    public UnitAlignmentMode UnitAlignment { get; init; } = UnitAlignmentMode.Left;

    /// <summary>The content encoder as the config names it ("vec768l12"), or null in models of version 4.0.</summary>
    public string? SpeechEncoder { get; init; }

    /// <summary>"nsf-hifigan" or "nsf-snake-hifigan", or null.</summary>
    public string? VocoderName { get; init; }

    /// <summary>By how much each stage of the decoder upsamples: nothing in the weights tells.</summary>
    public IReadOnlyList<int> UpsampleRates { get; init; } = [8, 8, 2, 2, 2];

    /// <summary>The dilations in each of the decoder's residual blocks: nothing in the weights tells.</summary>
    public IReadOnlyList<IReadOnlyList<int>> ResidualDilations { get; init; } = [[1, 3, 5], [1, 3, 5], [1, 3, 5]];

    /// <summary>Attention heads; used where the weights do not tell. 2 by default.</summary>
    public int Heads { get; init; } = 2;

    /// <summary>Whether the model was trained with its volume embedding, or null where the config does not say.</summary>
    public bool? VolumeEmbedding { get; init; }

    /// <summary>Whether units are from layer 9 through its final projection (the fork's "contentvec_final_proj"); null where it does not say.</summary>
    public bool? ContentFinalProjection { get; init; }

    /// <summary>The speakers' numbers by name, in the config's order.</summary>
    public IReadOnlyDictionary<string, int> Speakers { get; init; } = new Dictionary<string, int>();

    /// <summary>Reads a file.</summary>
    /// <param name="path">The config.json.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="InvalidFileException">The file is missing, no JSON, or has a value of a wrong type or out of range.</exception>
    public static async Task<SvcConfig> LoadAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return From(await ConfigSection.LoadAsync(path, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Reads JSON in memory.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="InvalidFileException">It is no JSON, or has a value of a wrong type or out of range.</exception>
    public static SvcConfig Parse(ReadOnlyMemory<byte> json, string name = "config.json") => From(ConfigSection.Parse(name, json));

    static SvcConfig From(ConfigSection root)
    {
        var (data, model) = (root.Section("data"), root.Section("model"));
        var fallback = new SvcConfig();
        return new()
        {
            SampleRate = data.Size("sampling_rate", fallback.SampleRate, 8000, 192_000),
            SourceSampleRate = model.Size("sampling_rate", fallback.SourceSampleRate, 8000, 192_000),
            HopLength = data.Size("hop_length", fallback.HopLength, 16, 1 << 14),
            FilterLength = data.Size("filter_length", fallback.FilterLength, 16, 1 << 16),
            UnitAlignment = ReadAlignment(data),
            SpeechEncoder = model.Text("speech_encoder"),
            VocoderName = model.Text("vocoder_name"),
            UpsampleRates = model.Sizes("upsample_rates", 64) ?? fallback.UpsampleRates,
            ResidualDilations = model.SizeLists("resblock_dilation_sizes", 1024) ?? fallback.ResidualDilations,
            Heads = model.Size("n_heads", fallback.Heads, 1, 256),
            VolumeEmbedding = model.BoolOrNull("vol_embedding"),
            ContentFinalProjection = data.BoolOrNull("contentvec_final_proj"),
            Speakers = ReadSpeakers(root.Section("spk")),
        };
    }

    internal static UnitAlignmentMode ReadAlignment(ConfigSection data) => data.Text("unit_interpolate_mode") switch
    {
        null or "left" => UnitAlignmentMode.Left,
        "nearest" => UnitAlignmentMode.Nearest,
        "linear" => UnitAlignmentMode.Linear,
        _ => throw data.Wrong("unit_interpolate_mode", "\"left\", \"nearest\" or \"linear\""),
    };

    internal static Dictionary<string, int> ReadSpeakers(ConfigSection section)
    {
        var speakers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var name in section.Keys)
            speakers[name] = section.SizeOrNull(name, 0, 1 << 20) ?? throw section.Wrong(name, "a speaker's number");
        return speakers;
    }
}
