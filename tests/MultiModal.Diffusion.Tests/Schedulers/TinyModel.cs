using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Networks;
using MultiModal.Diffusion.Text;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Schedulers;

/// <summary>Text encoders and UNet of a fixture, put together as plainly as can be: classifier-free guidance is two calls.</summary>
sealed class TinyModel(NetworkSession unet, TinyModel.Text[] texts, float guidance, long[] shape, TensorData sizes) : IAsyncDisposable
{
    public sealed record Text(TensorData Context, TensorData? Pooled);

    public static async Task<TinyModel> LoadAsync(FixtureCase fixture)
    {
        var folder = fixture.PathIn("model");
        var texts = new List<Text>();
        foreach (var prompt in (string[])[fixture.Text("prompt"), fixture.Text("negative_prompt")])
        {
            var (last, first, _) = await EncodeAsync(folder, "", prompt);
            if (!Directory.Exists(Path.Combine(folder, "text_encoder_2")))
            {
                texts.Add(new(last, null));
                continue;
            }

            // SDXL: the states before the last layer of both encoders side by side, and the second one's pooled text.
            var (_, second, pooled) = await EncodeAsync(folder, "_2", prompt);
            texts.Add(new(Join(first, second), pooled));
        }

        var shape = fixture.Tensors["initial_noise"].Dimensions.ToArray();
        var config = UNetConfig.From(await ConfigFile.LoadAsync(Path.Combine(folder, "unet", "config.json"), default));
        var graph = new Graph();
        Dim[] dims = [.. shape.Select(n => (Dim)n)];
        var sample = graph.Input("sample", DType.Float32, dims);
        var timestep = graph.Input("timestep", DType.Float32, 1);
        var context = graph.Input("context", DType.Float32, [.. texts[0].Context.Dimensions.Select(n => (Dim)n)]);
        var unet = new UNet2DCondition(graph.Root, config);
        var output = texts[0].Pooled is { } p
            ? unet.Forward(sample, timestep, context, graph.Input("pooled", DType.Float32, [.. p.Dimensions.Select(n => (Dim)n)]), graph.Input("sizes", DType.Float32, 1, 6))
            : unet.Forward(sample, timestep, context);
        graph.Output("output", output);
        var session = await SessionAsync(graph, Path.Combine(folder, "unet", "diffusion_pytorch_model.safetensors"));
        var (height, width) = (fixture["size"][0].GetSingle(), fixture["size"][1].GetSingle());
        return new(session, [.. texts], fixture["guidance"].GetSingle(), shape, TensorData.Of([height, width, 0, 0, height, width], 1, 6));
    }

    /// <summary>The guided prediction.</summary>
    public void Predict(float[] input, float timestep, float[] output)
    {
        var (wanted, unwanted) = (Run(texts[0]), Run(texts[1]));
        for (var i = 0; i < output.Length; i++)
            output[i] = unwanted[i] + (guidance * (wanted[i] - unwanted[i]));

        float[] Run(Text text)
        {
            var inputs = new Dictionary<string, TensorData>
            {
                ["sample"] = TensorData.Of(input, shape), ["timestep"] = TensorData.Of([timestep], 1), ["context"] = text.Context,
            };
            if (text.Pooled is { } pooled)
                (inputs["pooled"], inputs["sizes"]) = (pooled, sizes);
            return unet.Run(inputs)["output"].Floats.ToArray();
        }
    }

    public ValueTask DisposeAsync() => unet.DisposeAsync();

    static async Task<(TensorData Last, TensorData Penultimate, TensorData Pooled)> EncodeAsync(string folder, string suffix, string prompt)
    {
        var tokenizer = await ClipTokenizer.LoadAsync(Path.Combine(folder, "tokenizer" + suffix));
        var config = ClipTextConfig.From(await ConfigFile.LoadAsync(Path.Combine(folder, "text_encoder" + suffix, "config.json"), default));
        var graph = new Graph();
        var made = new ClipTextModel(graph.Root, config).Forward(graph.Input("ids", DType.Int64, 1, tokenizer.MaximumLength));
        graph.Output("last", made.LastHiddenState);
        graph.Output("penultimate", made.HiddenStates[^2]);
        graph.Output("pooled", made.Pooled);
        await using var session = await SessionAsync(graph, Path.Combine(folder, "text_encoder" + suffix, "model.safetensors"));
        var ids = Array.ConvertAll(tokenizer.Encode(prompt), id => (long)id);
        var results = session.Run(new Dictionary<string, TensorData> { ["ids"] = TensorData.Of(ids, 1, ids.Length) });
        return (results["last"], results["penultimate"], results["pooled"]);
    }

    static async Task<NetworkSession> SessionAsync(Graph graph, string weights)
    {
        using var file = SafetensorsFile.Open(weights);
        return await NetworkSession.CreateAsync(OnnxWriter.Write(graph, file));
    }

    static TensorData Join(TensorData a, TensorData b)
    {
        var (tokens, left, right) = ((int)a.Dimensions[1], (int)a.Dimensions[2], (int)b.Dimensions[2]);
        var joined = new float[tokens * (left + right)];
        for (var t = 0; t < tokens; t++)
        {
            a.Floats.Slice(t * left, left).CopyTo(joined.AsSpan(t * (left + right)));
            b.Floats.Slice(t * right, right).CopyTo(joined.AsSpan((t * (left + right)) + left));
        }

        return TensorData.Of(joined, 1, tokens, left + right);
    }
}
