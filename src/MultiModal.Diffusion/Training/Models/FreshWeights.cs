using MultiModal.Diffusion.Networks;
using MultiModal.Diffusion.Training.Objectives;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Random;
using MultiModal.Runtime.Training;

namespace MultiModal.Diffusion.Training.Models;

/// <summary>The weights diffusion networks begin with: PyTorch's defaults, with zeros where a residual branch ends and CLIP's small embeddings.</summary>
static class FreshWeights
{
    // As CLIP begins (Radford et al. 2021, section 2.5).
    const float TokenDeviation = 0.02f, PositionDeviation = 0.01f;

    /// <summary>Writes the weights of a new model into its folder, in float32.</summary>
    public static void Write(string folder, NewModel model, ulong seed, CancellationToken cancellationToken)
    {
        foreach (var (component, graph) in ((string, Graph)[])
                 [
                     ("unet", DiffusionGraphs.UNet(model.UNet)), ("text_encoder", DiffusionGraphs.TextEncoder(model.Text)), ("vae", VaeObjective.Build(model.Vae, new() { BatchSize = 1 }, model.Vae.Factor, model.Vae.Factor).Graph),
                 ])
        {
            var set = new ParameterSet();
            AddTo(set, graph, seed++);
            ModelWeights.Save(folder, component, set.Select(p => KeyValuePair.Create($"{component}.{p.Name}", p.Value)), DType.Float32, cancellationToken);
        }
    }

    /// <summary>Adds every parameter of a graph to a set.</summary>
    static void AddTo(ParameterSet set, Graph graph, ulong seed)
    {
        set.AddFresh(graph, new TorchRandom(seed));
        foreach (var parameter in set)
        {
            if (EndsBranch(parameter.Name)) parameter.Value.Floats.Clear();
            if (parameter.Name.EndsWith("token_embedding.weight", StringComparison.Ordinal)) Scale(parameter.Value, TokenDeviation);
            if (parameter.Name.EndsWith("position_embedding.weight", StringComparison.Ordinal)) new TorchRandom(seed + 1).Normal(parameter.Value.Floats, 0, PositionDeviation);
        }
    }

    static void Scale(TensorData data, float factor)
    {
        foreach (ref var value in data.Floats) value *= factor;
    }

    /// <summary>The last layer of what is added to its own input: at first, such a block does nothing (Zhang et al. 2019; Dhariwal and Nichol 2021).</summary>
    static bool EndsBranch(string name) =>
        name.Contains(".conv2.", StringComparison.Ordinal) || name.Contains(".proj_out.", StringComparison.Ordinal);
}
