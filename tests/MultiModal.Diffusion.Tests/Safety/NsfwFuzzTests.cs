using MultiModal.Diffusion.Safety;
using MultiModal.Testing;
using MultiModal.Testing.Fuzzing;

namespace MultiModal.Diffusion.Tests.Safety;

public sealed class NsfwFuzzTests
{
    [Fact]
    public void Damaged_descriptions_are_read_or_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        var good = NsfwClassifierTests.Small(folder);
        var bytes = File.ReadAllBytes(Path.Combine(good, "bin.bin"));
        FuzzRun.Run(
            "model.json", [File.ReadAllBytes(Path.Combine(good, "model.json"))],
            path => NsfwClassifier.LoadAsync(Path.GetDirectoryName(path)!).GetAwaiter().GetResult().DisposeAsync().AsTask().GetAwaiter().GetResult(),
            prepare: beside => beside.Write("bin.bin", bytes));
    }
}
