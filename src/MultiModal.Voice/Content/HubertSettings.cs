using MultiModal.Runtime.Weights.Pickles;

namespace MultiModal.Voice.Content;

/// <summary>What cannot be read off the weights of a network of the HuBERT family, from whatever the checkpoint has beside them.</summary>
sealed record HubertSettings(int? Heads = null, IReadOnlyList<int>? ConvStrides = null, bool? NormFirst = null, int? MaxDistance = null, float? Epsilon = null, bool Normalise = false)
{
    /// <summary>From a Hugging Face folder's config.json.</summary>
    public static HubertSettings From(ConfigSection config) => new(
        config.SizeOrNull("num_attention_heads", 1, 1024),
        config.Sizes("conv_stride", 4096),
        config.BoolOrNull("do_stable_layer_norm"),
        config.SizeOrNull("max_bucket_distance", 1, 1 << 20),
        (float)config.Double("layer_norm_eps", 1e-5));

    /// <summary>From a WavLM checkpoint's "cfg", which also says whether the sound is brought to mean 0 and variance 1 first.</summary>
    public static HubertSettings FromWavLM(PickleDictionary config) => From(config) with { Normalise = config.TryGet<bool>("normalize", out var normalise) && normalise };

    /// <summary>From the pickled settings of a fairseq or WavLM checkpoint.</summary>
    public static HubertSettings From(PickleDictionary model) => new(
        Number(model, "encoder_attention_heads"),
        null,
        model.TryGet<bool>("layer_norm_first", out var first) ? first : null,
        Number(model, "max_distance"));

    static int? Number(PickleDictionary values, string key) => values.TryGet<long>(key, out var number) && number is > 0 and < 1 << 20 ? (int)number : null;
}
