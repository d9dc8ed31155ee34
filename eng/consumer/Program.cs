using MultiModal.Images;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Random;
using MultiModal.Runtime.Sessions;

// A network that makes grey pixels of noise, run on the native library this program chose.
var graph = new Graph();
var noise = graph.Input("noise", DType.Float32, 8, 8);
graph.Output("pixels", noise * 255f);
await using var session = await NetworkSession.CreateAsync(OnnxWriter.Write(graph.Optimise()));
var result = await session.RunAsync(new Dictionary<string, TensorData> { ["noise"] = new TorchRandom(7).Uniform(8, 8) });
var pixels = Array.ConvertAll(result["pixels"].Floats.ToArray(), value => (byte)value);

var read = PngCodec.Default.Decode(PngCodec.Default.Encode(new ImageBuffer(8, 8, 1, pixels)));
if (!read.Pixels.SequenceEqual(pixels))
    throw new InvalidOperationException("The picture read is not the one written.");

// What else was restored has to load.
foreach (var library in new[] { "MultiModal.Diffusion", "MultiModal.Voice", "MultiModal.Jimeng" })
    System.Reflection.Assembly.Load(library);
Console.WriteLine($"The packages work together, on {session.Device.Device}.");
