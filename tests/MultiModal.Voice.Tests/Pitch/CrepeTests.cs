using MultiModal.Runtime;
using MultiModal.Runtime.Weights;
using MultiModal.Voice.Pitch;

namespace MultiModal.Voice.Tests.Pitch;

public sealed class CrepeTests
{
    [Fact]
    public async Task A_network_that_always_hears_one_bin_gives_that_pitch_where_there_is_sound()
    {
        const int Bin = 180;
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(folder.FullName, "full.safetensors");
            SafetensorsWriter.Write(path, Weights(Bin));
            await using var pitch = await CrepePitch.LoadAsync(path);
            var samples = new float[44100 * 2];
            // Noise: loudness is averaged over all frequencies, and a lone tone counts as silence.
            var random = new Random(5);
            for (var i = 44100; i < samples.Length; i++) samples[i] = (float)(random.NextDouble() - 0.5);
            var curve = pitch.Estimate(samples, new(44100));
            Assert.Equal(samples.Length / 512, curve.Count);
            Assert.All(curve.Hertz[..70].ToArray(), hertz => Assert.Equal(0, hertz));
            var expected = (float)PitchSalience.ToHertz(PitchSalience.Crepe.CentsOf(Bin));
            Assert.All(curve.Hertz[95..165].ToArray(), hertz => Assert.Equal(expected, hertz, 0.01f));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A network of torchcrepe's shape with few channels, all of its weights zero but the bias of one bin.</summary>
    static Dictionary<string, TensorData> Weights(int bin)
    {
        int[] channels = [1, 8, 4, 4, 4, 8, 16];
        var weights = new Dictionary<string, TensorData>();
        for (var i = 1; i <= 6; i++)
        {
            weights[$"conv{i}.weight"] = TensorData.Zeros(DType.Float32, channels[i], channels[i - 1], i == 1 ? 512 : 64, 1);
            foreach (var name in (string[])[$"conv{i}.bias", $"conv{i}_BN.weight", $"conv{i}_BN.bias", $"conv{i}_BN.running_mean"]) weights[name] = TensorData.Zeros(DType.Float32, channels[i]);
            weights[$"conv{i}_BN.running_var"] = TensorData.Of([.. Enumerable.Repeat(1f, channels[i])], channels[i]);
        }

        weights["classifier.weight"] = TensorData.Zeros(DType.Float32, 360, 64);
        var bias = TensorData.Zeros(DType.Float32, 360);
        bias.Floats.Fill(-4);
        bias.Floats[bin] = 4;
        weights["classifier.bias"] = bias;
        return weights;
    }
}
