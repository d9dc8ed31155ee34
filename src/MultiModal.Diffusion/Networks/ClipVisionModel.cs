using MultiModal.Diffusion.Text;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;

namespace MultiModal.Diffusion.Networks;

/// <summary>The picture encoder of CLIP (Radford et al. 2021), named as transformers' CLIPVisionModelWithProjection.</summary>
public sealed class ClipVisionModel
{
    readonly ClipVisionConfig config;
    readonly Tensor classEmbedding, positions;
    readonly Conv patches;
    readonly LayerNorm normBefore, normAfter;
    readonly ClipTextLayer[] layers;
    readonly Linear projection;

    /// <summary>Declares its parameters.</summary>
    /// <param name="vision">Where the transformer is: "vision_model".</param>
    /// <param name="projection">Where the projection is: "visual_projection".</param>
    /// <param name="config">Its dimensions.</param>
    public ClipVisionModel(Scope vision, Scope projection, ClipVisionConfig config)
    {
        ArgumentNullException.ThrowIfNull(vision);
        ArgumentNullException.ThrowIfNull(projection);
        ArgumentNullException.ThrowIfNull(config);
        this.config = config;
        var (embeddings, side) = (vision["embeddings"], config.ImageSize / config.PatchSize);
        classEmbedding = embeddings.Parameter("class_embedding", config.HiddenSize);
        patches = Conv.TwoD(embeddings["patch_embedding"], 3, config.HiddenSize, config.PatchSize, stride: config.PatchSize, bias: false);
        positions = embeddings["position_embedding"].Parameter("weight", (side * side) + 1, config.HiddenSize);

        // The misspelling is the checkpoint's.
        normBefore = new(vision["pre_layrnorm"], config.HiddenSize, config.LayerNormEpsilon);
        var shared = config.ForLayers();
        layers = [.. Enumerable.Range(0, config.Layers).Select(i => new ClipTextLayer(vision["encoder.layers"][i], shared))];
        normAfter = new(vision["post_layernorm"], config.HiddenSize, config.LayerNormEpsilon);
        this.projection = new(projection, config.HiddenSize, config.ProjectionSize, bias: false);
    }

    /// <summary>What a picture shows, as a direction.</summary>
    /// <param name="image">[batch, 3, size, size], normalised as CLIP wants it.</param>
    /// <returns>[batch, projection size]</returns>
    public Tensor Forward(Tensor image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var x = patches.Forward(image);
        x = Ops.Transpose(Ops.Reshape(x, x.Shape[0], config.HiddenSize, -1), 0, 2, 1);
        x = Ops.Concat(1, Ops.Expand(Ops.Reshape(classEmbedding, 1, 1, config.HiddenSize), x.Shape[0], 1, config.HiddenSize), x) + positions;
        x = normBefore.Forward(x);
        foreach (var layer in layers) x = layer.Forward(x, null);
        return projection.Forward(normAfter.Forward(Ops.Squeeze(Ops.Slice(x, 1, 0, 1), 1)));
    }
}
