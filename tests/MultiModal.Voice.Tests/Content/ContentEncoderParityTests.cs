using MultiModal.Runtime;
using MultiModal.Testing;
using MultiModal.Voice.Content;

namespace MultiModal.Voice.Tests.Content;

[Trait("Category", "Parity")]
public sealed class ContentEncoderParityTests
{
    [Fact]
    public Task Units_equal_the_original() => Fixtures.CheckAsync("content-encoder", async fixture =>
    {
        var path = Path.Combine(fixture.PathIn("model"), fixture.Text("checkpoint"));
        foreach (var (output, layer, project) in new[] { ("layer9_proj", 9, true), ("layer12", 12, false) })
        {
            await using var encoder = await HubertEncoder.LoadAsync(path, layer, project);
            var units = await encoder.EncodeAsync(fixture.Tensors["wav16k"].Floats.ToArray());
            var expected = fixture.Tensors[output];
            Assert.Equal(expected.Dimensions, [1, units.Frames, units.Channels]);

            // Units are kept channel by channel; the case has them frame by frame.
            var frames = TensorData.Zeros(DType.Float32, 1, units.Frames, units.Channels);
            for (var t = 0; t < units.Frames; t++)
                for (var c = 0; c < units.Channels; c++) frames.Floats[(t * units.Channels) + c] = units.Values[(c * units.Frames) + t];
            fixture.Expect(output, frames);
        }
    });
}
