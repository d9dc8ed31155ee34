using MultiModal.Diffusion.Generation;
using MultiModal.Images;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Random;
using MultiModal.Runtime.Sessions;

// The programs of the README, with the packages and the native library that this project has chosen.
var folder = Directory.CreateTempSubdirectory("multimodal-consumer");
try
{
    await using var model = await DiffusionModel.LoadAsync(args[0]);
    var images = await model.GenerateAsync(new("a koi pond in the rain") { Seed = 7, Steps = 4 });
    var path = Path.Combine(folder.FullName, "pond.png");
    await PngCodec.Default.SaveAsync(images[0].Image, path);

    var read = await PngCodec.Default.LoadAsync(path);
    if (!read.Pixels.SequenceEqual(images[0].Image.Pixels))
        throw new InvalidOperationException("The picture read is not the one written.");
}
finally
{
    folder.Delete(recursive: true);
}

var graph = new Graph();
var noise = graph.Input("noise", DType.Float32, 8, 8);
graph.Output("pixels", noise * 255f);

await using var session = await NetworkSession.CreateAsync(OnnxWriter.Write(graph.Optimise()));
var result = await session.RunAsync(new Dictionary<string, TensorData> { ["noise"] = new TorchRandom(7).Uniform(8, 8) });
if (result["pixels"].Floats is not [> 0 and < 255, ..])
    throw new InvalidOperationException("The network computed nothing.");

// What else was restored has to load.
foreach (var library in new[] { "MultiModal.Voice", "MultiModal.Jimeng" })
    System.Reflection.Assembly.Load(library);
Console.WriteLine($"The packages work together, on {session.Device.Device}.");
