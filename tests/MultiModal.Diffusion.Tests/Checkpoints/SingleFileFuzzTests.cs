using MultiModal.Diffusion.Checkpoints;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;
using MultiModal.Testing.Fuzzing;

namespace MultiModal.Diffusion.Tests.Checkpoints;

public sealed class SingleFileFuzzTests
{
    [Fact]
    public async Task Damaged_single_files_are_refused_by_name()
    {
        var model = Fixtures.PathOf("diffusion/models/tiny-sd15-fp16");
        if (!Directory.Exists(model)) return;
        using var folder = new TemporaryFolder();
        await CheckpointConverter.ToSingleFileAsync(model, folder.File("model.safetensors"));

        // The header and the first tensors: what is recognised and what is renamed.
        using var weights = SafetensorsFile.Open(folder.File("model.safetensors"));
        SafetensorsWriter.Write(folder.File("names.safetensors"), weights.Names.ToDictionary(
            n => n, n => n.EndsWith("input_blocks.0.0.weight", StringComparison.Ordinal) || n.EndsWith("to_k.weight", StringComparison.Ordinal) || n.Contains(".attn_1.", StringComparison.Ordinal) ? weights.Get(n).ToTensorData() : Runtime.TensorData.Scalar(1f)));
        FuzzRun.Run("model.safetensors", [File.ReadAllBytes(folder.File("names.safetensors"))], path =>
        {
            var files = ModelFiles.OpenAsync(path, new() { Configuration = model }, default).GetAwaiter().GetResult();
            foreach (var component in (string[])["unet", "vae", "text_encoder"])
            {
                using var part = files.OpenWeights(component);
                foreach (var name in part.Names) _ = part.Get(name).Dimensions;
            }
        });
    }
}
