using MultiModal.Voice.Signal;

namespace MultiModal.Voice.Tests.Signal;

public sealed class RealFftTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(64)]
    [InlineData(97)]
    [InlineData(128)]
    [InlineData(400)]
    [InlineData(512)]
    [InlineData(2048)]
    public void The_transform_is_its_definition_and_goes_back(int length)
    {
        var fft = new RealFft(length);
        var random = new Random(length);
        var signal = new double[length];
        for (var i = 0; i < length; i++)
            signal[i] = random.NextDouble() - 0.5;
        var (re, im) = (new double[fft.BinCount], new double[fft.BinCount]);
        fft.Forward(signal, re, im);
        for (var k = 0; k < fft.BinCount; k++)
        {
            var (sumR, sumI) = (0.0, 0.0);
            for (var n = 0; n < length; n++)
            {
                var angle = -2 * Math.PI * ((long)k * n % length) / length;
                sumR += signal[n] * Math.Cos(angle);
                sumI += signal[n] * Math.Sin(angle);
            }

            Assert.Equal(sumR, re[k], 1e-10);
            Assert.Equal(sumI, im[k], 1e-10);
        }

        var back = new double[length];
        fft.Inverse(re, im, back);
        for (var i = 0; i < length; i++)
            Assert.Equal(signal[i], back[i], 1e-12);
    }

    [Fact]
    public void A_short_signal_counts_as_followed_by_zeros()
    {
        var fft = new RealFft(16);
        foreach (var length in Enumerable.Range(0, 17))
        {
            var padded = new double[16];
            for (var i = 0; i < length; i++)
                padded[i] = i + 1;
            var (re, im, expectedRe, expectedIm) = (new double[9], new double[9], new double[9], new double[9]);
            fft.Forward(padded.AsSpan(0, length), re, im);
            fft.Forward(padded, expectedRe, expectedIm);
            Assert.Equal(expectedRe, re);
            Assert.Equal(expectedIm, im);
        }
    }

    [Fact]
    public void Transforms_allocate_nothing_once_warm()
    {
        var fft = new RealFft(2048);
        var (signal, re, im) = (new double[2048], new double[1025], new double[1025]);
        fft.Forward(signal, re, im);
        fft.Inverse(re, im, signal);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            fft.Forward(signal, re, im);
            fft.Inverse(re, im, signal);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
