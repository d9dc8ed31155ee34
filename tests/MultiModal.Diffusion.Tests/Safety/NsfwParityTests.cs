using MultiModal.Diffusion.Safety;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Safety;

/// <summary>The classifier of unsafe pictures against its own JavaScript, with the weights of the npm package (eng/classifier).</summary>
[Trait("Category", "Parity")]
[Trait("Needs", "Classifier")]
public sealed class NsfwParityTests
{
    [Fact]
    public Task Probabilities_equal_those_of_nsfwjs() => Fixtures.CheckAsync("nsfw-classifier", async fixture =>
    {
        await using var classifier = await NsfwClassifier.LoadAsync(FolderOf(fixture.Text("model")));
        Assert.Equal(fixture["classes"].EnumerateArray().Select(c => c.GetString()), NsfwClassifier.Classes);
        var pixels = fixture.Tensors["pixels"];
        fixture.Expect("probabilities", classifier.Run(pixels.Bytes, (int)pixels.Dimensions[0], CancellationToken.None));
    });

    /// <summary>"npm package NAME VERSION, FOLDER (LICENCE)" as a folder of eng/classifier.</summary>
    internal static string FolderOf(string model)
    {
        var folder = RepositoryFolder.PathOf($"eng/classifier/node_modules/nsfwjs/{model.Split(", ")[1].Split(' ')[0]}");
        Assert.True(Directory.Exists(folder), $"{folder} is missing: `npm ci --legacy-peer-deps` in eng/classifier, or `dotnet run eng/build.cs -- test`, brings it.");
        return folder;
    }
}
