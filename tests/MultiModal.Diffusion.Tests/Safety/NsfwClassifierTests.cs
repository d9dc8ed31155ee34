using System.Text;
using MultiModal.Capabilities;
using MultiModal.Diffusion.Safety;
using MultiModal.Images;
using MultiModal.Testing;
using MultiModal.Testing.Fuzzing;

namespace MultiModal.Diffusion.Tests.Safety;

public sealed class NsfwClassifierTests
{
    [Theory]
    [InlineData(0.79f, 0f, ContentVerdict.Review)]
    [InlineData(0.8f, 0f, ContentVerdict.Block)]
    [InlineData(0.45f, 0.4f, ContentVerdict.Block)]
    [InlineData(0.1f, 0.2f, ContentVerdict.Pass)]
    public async Task Classes_that_count_are_unsafe_together_from_the_threshold_on(float porn, float hentai, ContentVerdict expected)
    {
        using var folder = new TemporaryFolder();
        await using var classifier = await NsfwClassifier.LoadAsync(Small(folder));
        var judgement = classifier.Judge([0, hentai, 0, porn, 1 - porn - hentai]);
        Assert.Equal(expected, judgement.Verdict);
        if (expected == ContentVerdict.Pass) return;
        Assert.Equal(ContentCategories.Sexual, judgement.Category);
        Assert.Equal(porn + hentai, judgement.Score, 1e-6);
        Assert.Contains("Porn", judgement.Findings[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_small_network_gives_what_its_formulas_give()
    {
        // One 3x3 convolution of ones with "same" padding and stride 2 on 4x4 pixels, bounded ReLU, the mean, and two columns of weights.
        using var folder = new TemporaryFolder();
        await using var classifier = await NsfwClassifier.LoadAsync(Small(folder));
        var pixels = new byte[4 * 4 * 3];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)(i * 5);
        double Window(int row, int column)
        {
            var sum = 0.0;
            for (var y = row; y < Math.Min(4, row + 3); y++)
                for (var x = column; x < Math.Min(4, column + 3); x++)
                    for (var c = 0; c < 3; c++) sum += pixels[(((y * 4) + x) * 3) + c] / 255.0;
            return Math.Clamp((sum * 2) - 1, 0, 6);
        }

        var mean = (Window(0, 0) + Window(0, 2) + Window(2, 0) + Window(2, 2)) / 4;
        var expected = Enumerable.Range(0, 5).Select(k => Math.Exp(mean * 0.1 * k)).ToArray();
        var actual = classifier.Run(pixels, 1, CancellationToken.None);
        Compare.Close(expected.Select(e => e / expected.Sum()).ToArray(), Compare.Widen(actual), 1e-5, "probabilities");
    }

    [Fact]
    public async Task Wrong_thresholds_and_classes_are_refused()
    {
        using var folder = new TemporaryFolder();
        var path = Small(folder);
        await Assert.ThrowsAsync<ArgumentException>(() => NsfwClassifier.LoadAsync(path, new() { Threshold = 1.1 }));
        await Assert.ThrowsAsync<ArgumentException>(() => NsfwClassifier.LoadAsync(path, new() { Unsafe = ["Nudity"] }));
        var error = await Assert.ThrowsAsync<InvalidFileException>(() => NsfwClassifier.LoadAsync(folder.File("nowhere")));
        Assert.Contains("nsfwjs", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"class_name\":\"Flatten\"", "\"class_name\":\"Lambda\"", "Lambda")]
    [InlineData("bin.bin", "../bin.bin", "elsewhere")]
    [InlineData("[3,3,3,1]", "[3,3,3,9]", "too early")]
    [InlineData("\"strides\":[2,2]", "\"strides\":[0,2]", "conv")]
    public async Task What_cannot_be_built_is_named(string good, string bad, string told)
    {
        using var folder = new TemporaryFolder();
        var path = Small(folder);
        var file = Path.Combine(path, "model.json");
        File.WriteAllText(file, File.ReadAllText(file).Replace(good, bad, StringComparison.Ordinal));
        var error = await Assert.ThrowsAsync<InvalidFileException>(() => NsfwClassifier.LoadAsync(path));
        Assert.Contains(told, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scripts_are_read_and_never_run()
    {
        using var folder = new TemporaryFolder();
        var path = Small(folder);
        var json = File.ReadAllText(Path.Combine(path, "model.json"));
        var bytes = Convert.ToBase64String(File.ReadAllBytes(Path.Combine(path, "bin.bin")));
        File.Delete(Path.Combine(path, "model.json"));
        File.Delete(Path.Combine(path, "bin.bin"));
        File.WriteAllText(Path.Combine(path, "model.min.js"), $"!function(e){{module.exports=e(),n.exports={{}},r.exports={json.Replace("true", "!0", StringComparison.Ordinal).Replace("0.1", ".1", StringComparison.Ordinal)}}}()");
        File.WriteAllText(Path.Combine(path, "bin.bin.min.js"), $"!function(e){{r.exports=\"{bytes}\"}}()");
        await using (var classifier = await NsfwClassifier.LoadAsync(path)) Assert.Equal(5, classifier.Run(new byte[48], 1, CancellationToken.None).Length);
        File.WriteAllText(Path.Combine(path, "bin.bin.min.js"), "module.exports=require('fs').readFileSync('x')");
        await Assert.ThrowsAsync<InvalidFileException>(() => NsfwClassifier.LoadAsync(path));
    }

    [Fact]
    [Trait("Needs", "Classifier")]
    public async Task Safe_pictures_pass()
    {
        await using var classifier = await NsfwClassifier.LoadAsync(NsfwParityTests.FolderOf("x, dist/models/mobilenet_v2 (MIT)"));
        foreach (var picture in new[] { Gradient(300, 200), Noise(224, 224), new ImageBuffer(64, 64) })
        {
            var probabilities = await classifier.ClassifyAsync(picture);
            Assert.Equal(1, probabilities.Sum(), 1e-4);
            Assert.True((await classifier.CensorAsync(picture)).Verdict != ContentVerdict.Block, string.Join(", ", probabilities));
        }
    }

    static ImageBuffer Gradient(int width, int height)
    {
        var image = new ImageBuffer(width, height);
        for (var i = 0; i < image.Pixels.Length; i++) image.Pixels[i] = (byte)(i / image.Channels % width * 255 / width);
        return image;
    }

    static ImageBuffer Noise(int width, int height)
    {
        var image = new ImageBuffer(width, height);
        new Random(1).NextBytes(image.Pixels);
        return image;
    }

    /// <summary>A network of one convolution in TensorFlow.js's plain layout.</summary>
    internal static string Small(TemporaryFolder folder)
    {
        var weights = Enumerable.Repeat((byte)2, 27).Concat(new[] { -1f }.SelectMany(BitConverter.GetBytes)).Concat(new[] { 0f, 0.1f, 0.2f, 0.3f, 0.4f }.SelectMany(BitConverter.GetBytes)).ToArray();
        folder.Write("net/bin.bin", weights);
        return Path.GetDirectoryName(folder.Write("net/model.json", Encoding.UTF8.GetBytes("""
            {"modelTopology":{"model_config":{"class_name":"Model","config":{"name":"m","layers":[
              {"name":"in","class_name":"InputLayer","config":{"batch_input_shape":[null,4,4,3],"name":"in"},"inbound_nodes":[]},
              {"name":"conv","class_name":"Conv2D","config":{"kernel_size":[3,3],"strides":[2,2],"padding":"same","data_format":"channels_last","dilation_rate":[1,1],"activation":"linear","use_bias":true},"inbound_nodes":[[["in",0,0,{}]]]},
              {"name":"relu","class_name":"ReLU","config":{"max_value":6},"inbound_nodes":[[["conv",0,0,{}]]]},
              {"name":"pool","class_name":"AveragePooling2D","config":{"pool_size":[2,2],"strides":[2,2],"padding":"valid"},"inbound_nodes":[[["relu",0,0,{}]]]},
              {"name":"flat","class_name":"Flatten","config":{},"inbound_nodes":[[["pool",0,0,{}]]]},
              {"name":"dense","class_name":"Dense","config":{"use_bias":false,"activation":"softmax"},"inbound_nodes":[[["flat",0,0,{}]]]}]}}},
             "weightsManifest":[{"paths":["bin.bin"],"weights":[
              {"name":"conv/kernel","shape":[3,3,3,1],"dtype":"float32","quantization":{"dtype":"uint8","min":0,"scale":1}},
              {"name":"conv/bias","shape":[1],"dtype":"float32"},{"name":"dense/kernel","shape":[1,5],"dtype":"float32"}]}]}
            """)))!;
    }
}
