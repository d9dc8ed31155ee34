using MultiModal.Runtime.Weights;
using MultiModal.Runtime.Weights.Pickles;
using MultiModal.Voice.Synthesis;

namespace MultiModal.Voice.Content;

/// <summary>Shows the checkpoints of the HuBERT family under the names of Hugging Face's models.</summary>
static class HubertWeights
{
    /// <summary>fairseq's and WavLM's names.</summary>
    static readonly WeightMap Fairseq = new WeightMap()
        .Rename("feature_extractor.conv_layers.{i}.0.{p*}", "feature_extractor.conv_layers.{i}.conv.{p*}")
        .Rename("feature_extractor.conv_layers.{i}.2.1.{p*}", "feature_extractor.conv_layers.{i}.layer_norm.{p*}")
        .Rename("feature_extractor.conv_layers.{i}.2.{p*}", "feature_extractor.conv_layers.{i}.layer_norm.{p*}")
        .Rename("layer_norm.{p*}", "feature_projection.layer_norm.{p*}")
        .Rename("post_extract_proj.{p*}", "feature_projection.projection.{p*}")
        .Rename("encoder.pos_conv.0.{p*}", "encoder.pos_conv_embed.conv.{p*}")
        .Rename("encoder.layers.{i}.self_attn.grep_linear.{p*}", "encoder.layers.{i}.attention.gru_rel_pos_linear.{p*}")
        .Rename("encoder.layers.{i}.self_attn.grep_a", "encoder.layers.{i}.attention.gru_rel_pos_const")
        .Rename("encoder.layers.{i}.self_attn.relative_attention_bias.{p*}", "encoder.layers.{i}.attention.rel_attn_embed.{p*}")
        .Rename("encoder.layers.{i}.self_attn.{p*}", "encoder.layers.{i}.attention.{p*}")
        .Rename("encoder.layers.{i}.self_attn_layer_norm.{p*}", "encoder.layers.{i}.layer_norm.{p*}")
        .Rename("encoder.layers.{i}.fc1.{p*}", "encoder.layers.{i}.feed_forward.intermediate_dense.{p*}")
        .Rename("encoder.layers.{i}.fc2.{p*}", "encoder.layers.{i}.feed_forward.output_dense.{p*}")
        .MergeWeightNorm();

    /// <summary>The names of hubert-soft.</summary>
    static readonly WeightMap Soft = new WeightMap()
        .Rename("feature_extractor.conv{i}.{p*}", "feature_extractor.conv_layers.{i}.conv.{p*}")
        .Rename("feature_extractor.norm0.{p*}", "feature_extractor.conv_layers.0.layer_norm.{p*}")
        .Rename("feature_projection.norm.{p*}", "feature_projection.layer_norm.{p*}")
        .Rename("positional_embedding.conv.{p*}", "encoder.pos_conv_embed.conv.{p*}")
        .Rename("norm.{p*}", "encoder.layer_norm.{p*}")
        .Split("encoder.layers.{i}.self_attn.in_proj_{p*}", "encoder.layers.{i}.attention.q_proj.{p*}", "encoder.layers.{i}.attention.k_proj.{p*}", "encoder.layers.{i}.attention.v_proj.{p*}")
        .Rename("encoder.layers.{i}.self_attn.out_proj.{p*}", "encoder.layers.{i}.attention.out_proj.{p*}")
        .Rename("encoder.layers.{i}.linear1.{p*}", "encoder.layers.{i}.feed_forward.intermediate_dense.{p*}")
        .Rename("encoder.layers.{i}.linear2.{p*}", "encoder.layers.{i}.feed_forward.output_dense.{p*}")
        .Rename("encoder.layers.{i}.norm1.{p*}", "encoder.layers.{i}.layer_norm.{p*}")
        .Rename("encoder.layers.{i}.norm2.{p*}", "encoder.layers.{i}.final_layer_norm.{p*}")
        .Rename("proj.{p*}", "final_proj.{p*}")
        .MergeWeightNorm();

    static readonly WeightMap HuggingFace = new WeightMap().MergeWeightNorm();

    // Where checkpoints keep the network: fairseq and WavLM under "model", Hugging Face's heads under the body's name, hubert-soft's training under "hubert".
    static readonly string[] Prefixes = ["model.", "hubert.", "wavlm.", "module."];

    /// <summary>Opens a file and shows it under Hugging Face's names, weight norms joined.</summary>
    /// <exception cref="InvalidFileException">It is damaged, or no network of the family.</exception>
    public static (IWeightSource Weights, HubertSettings Settings, bool IsSoft) Open(string path)
    {
        var file = WeightFiles.Open(path);
        try
        {
            var settings = file is TorchCheckpoint checkpoint ? Settings(checkpoint.Root) : new();
            var body = file;
            for (var depth = 0; depth < 2 && !HasBody(body); depth++)
            {
                var prefix = Array.Find(Prefixes, p => body.Names.Any(n => n.StartsWith(p + "feature_extractor.", StringComparison.Ordinal)))
                    ?? Array.Find(Prefixes, p => body.Names.Any(n => n.StartsWith(p, StringComparison.Ordinal)));
                if (prefix is null) break;
                body = SvcCheckpoint.Within(body, prefix);
            }

            if (!HasBody(body)) throw new InvalidFileException(path, "this is no content encoder of the HuBERT family: it has no 'feature_extractor'.");
            var soft = body.Names.Contains("feature_extractor.conv0.weight");
            var map = soft ? Soft : body.Names.Contains("feature_extractor.conv_layers.0.0.weight") ? Fairseq : HuggingFace;
            return (map.Apply(body), settings, soft);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    static bool HasBody(IWeightSource source) => source.Names.Any(n => n.StartsWith("feature_extractor.", StringComparison.Ordinal));

    /// <summary>fairseq keeps its settings as cfg.model or, in older checkpoints, as attributes of args; WavLM as cfg.</summary>
    static HubertSettings Settings(object? root)
    {
        if (root is not PickleDictionary values) return new();
        if (values.TryGet<PickleObject>("args", out var arguments) && arguments.State is PickleDictionary attributes) return HubertSettings.From(attributes);
        if (!values.TryGet<PickleDictionary>("cfg", out var config)) return new();
        return config.TryGet<PickleDictionary>("model", out var model) ? HubertSettings.From(model) : HubertSettings.FromWavLM(config);
    }
}
