using MultiModal.Runtime;
using MultiModal.Runtime.Weights;

namespace TrainDemoVoice;

/// <summary>Writes the model as it is shipped: half the bits, no optimiser, the encoder in its folder.</summary>
static class Exporter
{
    public static void Run(string checkpoints, string encoder, string model, CancellationToken cancellationToken)
    {
        var newest = Directory.EnumerateFiles(checkpoints, "G_*.pth").OrderBy(f => int.Parse(Path.GetFileNameWithoutExtension(f)[2..], System.Globalization.CultureInfo.InvariantCulture)).Last();
        Directory.CreateDirectory(model);
        using (var weights = WeightFiles.Open(newest))
        {
            var halved = new OrderedDictionary<string, object>();
            foreach (var name in weights.Names.Where(n => n.StartsWith("model.", StringComparison.Ordinal))) halved.Add(name["model.".Length..], Halve(weights.Get(name)));
            TorchWriter.Write(
                Path.Combine(model, "G_demo.pth"), new Dictionary<string, object?> { ["model"] = halved, ["iteration"] = 0, ["optimizer"] = null, ["learning_rate"] = 1e-4 }, cancellationToken);
        }

        File.Copy(Path.Combine(checkpoints, "config.json"), Path.Combine(model, "config.json"), overwrite: true);
        var folder = Directory.CreateDirectory(Path.Combine(model, "hubert")).FullName;
        using (var weights = WeightFiles.Open(Path.Combine(encoder, "model.safetensors")))
        {
            SafetensorsWriter.Write(
                Path.Combine(folder, "model.safetensors"), weights.Names.Select(n => KeyValuePair.Create(n, Halve(weights.Get(n)))), new Dictionary<string, string> { ["format"] = "pt" }, cancellationToken);
        }

        File.Copy(Path.Combine(encoder, "config.json"), Path.Combine(folder, "config.json"), overwrite: true);
        Console.WriteLine($"{model} from {newest}");
    }

    static TensorData Halve(WeightTensor tensor)
    {
        var values = tensor.ToFloat32().Floats;
        var halves = new Half[values.Length];
        for (var i = 0; i < halves.Length; i++) halves[i] = (Half)values[i];
        return TensorData.OfBytes(DType.Float16, System.Runtime.InteropServices.MemoryMarshal.AsBytes(halves.AsSpan()).ToArray(), [.. tensor.Dimensions]);
    }
}
