using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using MultiModal.Diffusion.Adapters;
using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Networks;
using MultiModal.Diffusion.Text;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Random;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;

namespace MultiModal.Benchmarks.Diffusion;

/// <summary>How long adding, changing and leaving out a LoRA takes on Stable Diffusion 1.5 at its true size, loaded and warm.</summary>
static class LoraCommand
{
    static readonly string[] attention = ["to_q", "to_k", "to_v", "to_out.0", "ff.net.0.proj", "ff.net.2", "proj_in", "proj_out", "q_proj", "k_proj", "v_proj", "out_proj", "fc1", "fc2"];

    public static Command Create()
    {
        var folder = new Option<string>("--folder") { Description = "Where the generated model is or will be (2.1 GB).", DefaultValueFactory = _ => "artifacts/bench/sd15" };
        var rank = new Option<int>("--rank") { Description = "The rank of the LoRA.", DefaultValueFactory = _ => 16 };
        var command = new Command("lora", "Adding and changing LoRAs on Stable Diffusion 1.5 at full size.") { folder, rank };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            FullSizeModel.Write(arguments.GetRequiredValue(folder));
            await RunAsync(arguments.GetRequiredValue(folder), arguments.GetValue(rank), cancellationToken);
        });
        return command;
    }

    static async Task RunAsync(string folder, int rank, CancellationToken cancellationToken)
    {
        var (plainFile, convolutionFile) = (Path.Combine(folder, $"attention-{rank}.safetensors"), Path.Combine(folder, $"convolutions-{rank}.safetensors"));
        WriteLora(plainFile, rank, withConvolutions: false);
        WriteLora(convolutionFile, rank, withConvolutions: true);
        var clock = Stopwatch.StartNew();
        using var plain = await LoraWeights.LoadAsync(plainFile, cancellationToken);
        var load = clock.Elapsed.TotalSeconds;
        using var convolutions = await LoraWeights.LoadAsync(convolutionFile, cancellationToken);
        clock.Restart();
        await using var model = await DiffusionModel.LoadAsync(folder, cancellationToken: cancellationToken);
        Print($"model loaded                      {clock.Elapsed.TotalSeconds,7:F2} s");
        Print($"LoRA read ({plain.LayerCount} layers, {plain.ByteLength >> 20} MiB)   {load,7:F2} s");

        // The smallest picture, so that what a LoRA adds to a request stands out; the same pictures before and after.
        var request = new ImageRequest("a koi pond, ink") { Seed = 7, Steps = 1, Guidance = 1, Width = 64, Height = 64 };
        await DrawAsync(model, request, cancellationToken);
        var (own, first) = await DrawAsync(model, request, cancellationToken);
        Print($"request without                   {own,7:F2} s");
        foreach (var (name, lora) in ((string, LoraWeights)[])[("attention", plain), ("with convolutions", convolutions)])
        {
            await MeasureAsync($"{name}: added", request with { Loras = [new(lora, 0.8f)] });
            await MeasureAsync($"{name}: the same again", request with { Loras = [new(lora, 0.8f)] });
            await MeasureAsync($"{name}: weight changed", request with { Loras = [new(lora, 0.5f)] });
            await MeasureAsync($"{name}: weight changed again", request with { Loras = [new(lora, 0.6f)] });
        }

        await MeasureAsync("both at once", request with { Loras = [new(plain, 0.5f), new(convolutions, 0.5f)] });
        var (after, last) = await DrawAsync(model, request, cancellationToken);
        Print($"left out: {after - own,7:F2} s more; the picture is {(first.AsSpan().SequenceEqual(last) ? "the same as before" : "another one")}");
        Print($"native objects alive              {LiveHandles.Total}");

        async Task MeasureAsync(string what, ImageRequest changed)
        {
            var (seconds, _) = await DrawAsync(model, changed, cancellationToken);
            Print($"{what,-32}  {seconds - own,7:F2} s more");
        }
    }

    static async Task<(double Seconds, byte[] Pixels)> DrawAsync(DiffusionModel model, ImageRequest request, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var image = (await model.GenerateAsync(request, cancellationToken: cancellationToken))[0];
        return (clock.Elapsed.TotalSeconds, image.Image.Pixels.ToArray());
    }

    static void WriteLora(string path, int rank, bool withConvolutions)
    {
        if (File.Exists(path)) return;
        var random = new TorchRandom(1);
        var tensors = new OrderedDictionary<string, TensorData>();
        foreach (var (prefix, graph) in ((string, Graph)[])
                 [
                     ("lora_unet_", DiffusionGraphs.UNet(new UNetConfig { CrossAttentionSize = 768 })), ("lora_te_", DiffusionGraphs.TextEncoder(new ClipTextConfig())),
                 ])
            foreach (var (name, parameter) in graph.Parameters)
            {
                if (!name.EndsWith(".weight", StringComparison.Ordinal)) continue;
                var (layer, shape) = (name[..^".weight".Length], parameter.Shape.ToLongs());
                var isAttention = attention.Any(a => layer.EndsWith("." + a, StringComparison.Ordinal));
                var isConvolution = shape.Length == 4 && (layer.Contains(".resnets.", StringComparison.Ordinal) || layer.Contains("samplers.", StringComparison.Ordinal));
                if (!isAttention && !(withConvolutions && isConvolution)) continue;
                var flat = prefix + layer.Replace('.', '_');
                tensors.Add($"{flat}.lora_down.weight", Half([rank, .. shape.Skip(1)]));
                tensors.Add($"{flat}.lora_up.weight", Half(shape.Length == 4 ? [shape[0], rank, 1, 1] : [shape[0], rank]));
                tensors.Add($"{flat}.alpha", TensorData.Scalar((float)rank));
            }

        SafetensorsWriter.Write(path, tensors);

        TensorData Half(params long[] shape)
        {
            var values = new float[TensorData.ElementCount(shape)];
            random.Normal(values, 0, 0.02);
            var data = TensorData.Zeros(DType.Float16, shape);
            ElementConversion.FromFloat32(values, DType.Float16, data.Bytes);
            return data;
        }
    }

    static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
