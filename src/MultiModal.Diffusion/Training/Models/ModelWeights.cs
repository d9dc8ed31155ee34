using MultiModal.Diffusion.Checkpoints;
using MultiModal.Runtime;
using MultiModal.Runtime.Training;
using MultiModal.Runtime.Weights;

namespace MultiModal.Diffusion.Training.Models;

/// <summary>A model's weights under one roof, each name with its component before it; and the way back into files.</summary>
static class ModelWeights
{
    /// <summary>The weights of some components: "unet.conv_in.weight", "text_encoder.text_model...".</summary>
    public static IWeightSource Open(ModelFiles model, params IEnumerable<string> components)
    {
        IWeightSource? all = null;
        foreach (var component in components)
        {
            var named = new WeightMap().Rename("{p*}", component + ".{p*}").Apply(model.OpenWeights(component));
            all = all is null ? named : new OverlayWeights(all, named);
        }

        return all ?? throw new ArgumentException("There are no components.", nameof(components));
    }

    /// <summary>Writes a component's weights where diffusers looks for them.</summary>
    /// <param name="root">The model's folder.</param>
    /// <param name="component">"unet", "vae", "text_encoder".</param>
    /// <param name="parameters">The values; those whose names begin with the component are the component's.</param>
    /// <param name="type">Float32, or Float16 for half the size.</param>
    /// <param name="cancellationToken">Stops writing; the file is then as it was.</param>
    public static void Save(string root, string component, IEnumerable<KeyValuePair<string, TensorData>> parameters, DType type, CancellationToken cancellationToken = default)
    {
        var name = component.StartsWith("text_encoder", StringComparison.Ordinal) ? "model.safetensors" : "diffusion_pytorch_model.safetensors";
        Directory.CreateDirectory(Path.Combine(root, component));
        var prefix = component + ".";
        var own = parameters.Where(p => p.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(p => KeyValuePair.Create(p.Key[prefix.Length..], Narrow(p.Value, type)));
        SafetensorsWriter.Write(Path.Combine(root, component, name), own, new Dictionary<string, string> { ["format"] = "pt" }, cancellationToken);
    }

    public static IEnumerable<KeyValuePair<string, TensorData>> Values(ParameterSet parameters) => parameters.Select(p => KeyValuePair.Create(p.Name, p.Value));

    public static TensorData Narrow(TensorData data, DType type)
    {
        if (data.Type == type) return data;
        var narrow = TensorData.Zeros(type, [.. data.Dimensions]);
        ElementConversion.FromFloat32(data.Floats, type, narrow.Bytes);
        return narrow;
    }
}
