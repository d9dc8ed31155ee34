using System.Text.Json.Nodes;
using MultiModal.Runtime;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Generation;

/// <summary>A copy of a tiny model's folder with another UNet.</summary>
static class VariedModel
{
    /// <summary>Makes the copy.</summary>
    /// <param name="folder">Where it goes.</param>
    /// <param name="model">The model's folder.</param>
    /// <param name="config">Changes the UNet's config.json.</param>
    /// <param name="weights">Changes its weights, in float32.</param>
    public static void Make(TemporaryFolder folder, string model, Action<JsonNode> config, Action<Dictionary<string, TensorData>> weights)
    {
        foreach (var file in Directory.GetFiles(model, "*", SearchOption.AllDirectories))
        {
            var target = folder.File(Path.GetRelativePath(model, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }

        var json = JsonNode.Parse(File.ReadAllText(folder.File("unet/config.json")))!;
        config(json);
        File.WriteAllText(folder.File("unet/config.json"), json.ToJsonString());
        using var own = WeightFiles.Open(Path.Combine(model, "unet", "diffusion_pytorch_model.safetensors"));
        var tensors = own.Names.ToDictionary(n => n, n => own.Get(n).ToFloat32());
        weights(tensors);
        SafetensorsWriter.Write(folder.File("unet/diffusion_pytorch_model.safetensors"), tensors);
    }

    /// <summary>A matrix or convolution with another number of inputs: those there were keep their weights, further ones get others.</summary>
    public static TensorData WithInputs(TensorData weight, int inputs, Func<int, float> further)
    {
        var (outputs, before) = ((int)weight.Dimensions[0], (int)weight.Dimensions[1]);
        var kernel = weight.Length / outputs / before;
        var result = TensorData.Zeros(DType.Float32, [outputs, inputs, .. weight.Dimensions.Skip(2)]);
        for (var o = 0; o < outputs; o++)
            for (var i = 0; i < inputs; i++)
                for (var k = 0; k < kernel; k++)
                    result.Floats[(((o * inputs) + i) * kernel) + k] = i < before ? weight.Floats[(((o * before) + i) * kernel) + k] : further((((o * inputs) + i) * kernel) + k);
        return result;
    }
}
