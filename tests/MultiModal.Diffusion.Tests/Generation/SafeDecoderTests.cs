using MultiModal.Diffusion.Generation;
using MultiModal.Runtime;

namespace MultiModal.Diffusion.Tests.Generation;

public sealed class SafeDecoderTests
{
    static readonly TensorData Latents = TensorData.Of([1f, 2f], 2);

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public async Task A_picture_that_overflowed_is_decoded_again_in_full_precision_and_later_ones_at_once(float bad)
    {
        var (tried, repaired) = (0, 0);
        var decoder = new SafeDecoder(
            (_, _) => { tried++; return ValueTask.FromResult(TensorData.Of([0.5f, bad], 2)); },
            (_, _) => { repaired++; return ValueTask.FromResult(TensorData.Of([0.5f, -0.5f], 2)); });
        for (var i = 1; i <= 3; i++)
        {
            var (image, note) = await decoder.DecodeAsync(Latents, default);
            Assert.Equal(-0.5f, image.Floats[1]);
            Assert.Equal(SafeDecoder.RepairNote, note);
            Assert.Equal((1, i), (tried, repaired));
        }
    }

    [Fact]
    public async Task A_finite_picture_is_taken_as_it_is()
    {
        var decoder = new SafeDecoder((_, _) => ValueTask.FromResult(TensorData.Of([1f, -1f], 2)), (_, _) => throw new InvalidOperationException());
        Assert.Null((await decoder.DecodeAsync(Latents, default)).Note);
    }

    [Fact]
    public async Task What_full_precision_cannot_repair_is_said()
    {
        ValueTask<TensorData> Broken(TensorData latents, CancellationToken stop) => ValueTask.FromResult(TensorData.Of([float.NaN], 1));
        Assert.Equal(SafeDecoder.FailureNote, (await new SafeDecoder(Broken, null).DecodeAsync(Latents, default)).Note);
        Assert.Equal(SafeDecoder.FailureNote, (await new SafeDecoder(Broken, Broken).DecodeAsync(Latents, default)).Note);
    }
}
