using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Checkpoints;

/// <summary>Names that older versions of diffusers and transformers gave, and tensors that are in files but are not weights.</summary>
static class LegacyNames
{
    // Before diffusers 0.14 the autoencoder's attention had other names.
    static readonly WeightMap Vae = new WeightMap()
        .Rename("{part*}.mid_block.attentions.0.query.{kind*}", "{part*}.mid_block.attentions.0.to_q.{kind*}")
        .Rename("{part*}.mid_block.attentions.0.key.{kind*}", "{part*}.mid_block.attentions.0.to_k.{kind*}")
        .Rename("{part*}.mid_block.attentions.0.value.{kind*}", "{part*}.mid_block.attentions.0.to_v.{kind*}")
        .Rename("{part*}.mid_block.attentions.0.proj_attn.{kind*}", "{part*}.mid_block.attentions.0.to_out.0.{kind*}");

    public static IWeightSource For(string component, IWeightSource weights) => component == "vae" ? Vae.Apply(weights) : weights;

    /// <summary>What a component's file may hold beyond its graph.</summary>
    public static IReadOnlyList<string> Ignored(string component) => component switch
    {
        // A buffer of position numbers; the decoder's graph does not hold the encoder.
        "vae" => ["encoder.{p*}", "quant_conv.{p*}"],
        _ when component.StartsWith("text_encoder", StringComparison.Ordinal) => ["text_model.embeddings.position_ids"],
        _ => [],
    };
}
