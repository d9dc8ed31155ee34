using MultiModal.Diffusion.Checkpoints;
using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Networks;
using MultiModal.Diffusion.Schedulers;
using MultiModal.Testing;
using MultiModal.Testing.Fuzzing;

namespace MultiModal.Diffusion.Tests.Checkpoints;

public sealed class ConfigFuzzTests
{
    static readonly string[] Files = ["model_index.json", "unet/config.json", "vae/config.json", "text_encoder/config.json", "scheduler/scheduler_config.json"];

    public static TheoryData<string> Configurations => [.. Files];

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Damaged_configurations_are_refused_by_name(string file)
    {
        var models = Directory.GetDirectories(Fixtures.PathOf("diffusion/models")).Where(m => File.Exists(Path.Combine(m, file))).Order(StringComparer.Ordinal).ToList();
        if (models.Count == 0) return;
        FuzzRun.Run(
            file, [.. models.Select(m => File.ReadAllBytes(Path.Combine(m, file)))], path => Read(path, file),
            prepare: folder =>
            {
                // Every model's, so that whichever index is read finds what it names.
                foreach (var model in models)
                    foreach (var part in Directory.GetFiles(model, "*", SearchOption.AllDirectories).Where(p => !p.EndsWith(".safetensors", StringComparison.Ordinal)))
                        folder.Write(Path.GetRelativePath(model, part), File.ReadAllBytes(part));
            });
    }

    /// <summary>Reads all settings and builds the networks they describe: a damaged number must be noticed by then.</summary>
    static void Read(string path, string file)
    {
        var root = path[..^(file.Length + 1)];
        var folder = DiffusersFolder.OpenAsync(root, null, default).GetAwaiter().GetResult();
        NetworkCompiler.Build(folder, "unet", () => DiffusionGraphs.UNet(folder.UNet));
        NetworkCompiler.Build(folder, "vae", () => DiffusionGraphs.VaeDecoder(folder.Vae));
        NetworkCompiler.Build(folder, "text_encoder", () => DiffusionGraphs.TextEncoder(folder.TextEncoders[0].Config));
        if (Scheduler.ClassNames.Contains(folder.Scheduler.ClassName)) Scheduler.Of(folder.Scheduler).Plan(4);
    }
}
