using MultiModal.Voice.Signal;

namespace MultiModal.Voice.Tests.Signal;

public sealed class MelSpectrogramTests
{
    public static TheoryData<string> Presets => ["svc", "nsf", "rmvpe", "fcpe"];

    [Theory]
    [MemberData(nameof(Presets))]
    public void A_mel_spectrogram_is_its_definition(string preset)
    {
        var options = Options(preset);
        var samples = Noise(options.Hop * 7 + 13);
        var spectrogram = new MelSpectrogram(options);
        var mels = spectrogram.Compute(samples);
        var frames = spectrogram.FrameCount(samples.Length);
        Assert.Equal(preset == "rmvpe" ? 8 : 7, frames);
        var filters = new MelFilterBank(options.SampleRate, options.FftSize, options.Mels, options.Lowest, options.Highest, options.Scale).ToMatrix();
        var bins = (options.FftSize / 2) + 1;
        var left = preset == "rmvpe" ? options.FftSize / 2 : (options.FftSize - options.Hop) / 2;
        foreach (var frame in new[] { 0, 3, frames - 1 })
        {
            var magnitudes = new double[bins];
            for (var k = 0; k < bins; k++)
            {
                var (re, im) = (0.0, 0.0);
                for (var n = 0; n < options.FftSize; n++)
                {
                    var at = (frame * options.Hop) - left + n;
                    at = at < 0 ? -at : at >= samples.Length ? (2 * (samples.Length - 1)) - at : at;
                    var x = samples[at] * (0.5 - (0.5 * Math.Cos(2 * Math.PI * n / options.FftSize)));
                    var angle = 2 * Math.PI * ((long)k * n % options.FftSize) / options.FftSize;
                    re += x * Math.Cos(angle);
                    im -= x * Math.Sin(angle);
                }

                magnitudes[k] = Math.Sqrt((re * re) + (im * im) + options.Epsilon);
            }

            for (var mel = 0; mel < options.Mels; mel++)
            {
                var sum = 0.0;
                for (var k = 0; k < bins; k++)
                    sum += filters[(mel * bins) + k] * magnitudes[k];
                Assert.Equal(Math.Log(Math.Max(1e-5, sum)), mels[(mel * frames) + frame], 1e-4);
            }
        }
    }

    [Fact]
    public void Mel_filters_have_the_values_librosa_gives()
    {
        // librosa.filters.mel(sr=16000, n_fft=512, n_mels=40): triangles between 200/3-Hz steps of the linear part.
        var filters = new MelFilterBank(16000, 512, 40);
        var matrix = filters.ToMatrix();
        var step = ((15 + (27 * Math.Log(8) / Math.Log(6.4))) / 41) * 200 / 3;
        for (var bin = 0; bin < 20; bin++)
        {
            var frequency = bin * 31.25;
            var expected = Math.Max(0, Math.Min(frequency / step, ((2 * step) - frequency) / step)) * 2 / (2 * step);
            Assert.Equal(expected, matrix[bin], 1e-8);
        }

        Assert.Equal(40 * 257, matrix.Length);
    }

    [Theory]
    [InlineData(MelScale.Slaney)]
    [InlineData(MelScale.Htk)]
    public void Every_mel_filter_has_the_same_area(MelScale scale)
    {
        var filters = new MelFilterBank(44100, 16384, 40, 100, 16000, scale).ToMatrix();
        for (var mel = 0; mel < 40; mel++)
            Assert.Equal(1, filters.Skip(mel * 8193).Take(8193).Sum(w => (double)w) * 44100 / 16384, 0.02);
    }

    [Theory]
    [InlineData(2048, 512, 2048)]
    [InlineData(1024, 160, 1024)]
    [InlineData(512, 128, 400)]
    [InlineData(600, 100, 500)]
    public void The_inverse_transform_undoes_the_transform(int size, int hop, int window)
    {
        var stft = new Stft(size, hop, window);
        var samples = Noise(10_000);
        var padding = StftPadding.Centred(size);
        var frames = stft.FrameCount(samples.Length, padding);
        var (re, im) = (new float[frames * stft.BinCount], new float[frames * stft.BinCount]);
        stft.Forward(samples, padding, re, im);
        var back = new float[samples.Length];
        stft.Inverse(re, im, padding, back);
        var end = ((frames - 1) * hop) + (window / 2) - 10;
        for (var i = 0; i < Math.Min(samples.Length, end); i++)
            Assert.Equal(samples[i], back[i], 1e-4);
    }

    [Theory]
    [InlineData(-5)]
    [InlineData(3)]
    [InlineData(12)]
    public void A_key_shift_moves_a_tone_on_the_mel_scale(double semitones)
    {
        var spectrogram = new MelSpectrogram(MelSpectrogramOptions.NsfHifiGan);
        float[] Tone(double hertz)
        {
            var tone = new float[44100];
            for (var i = 0; i < tone.Length; i++)
                tone[i] = (float)(0.5 * Math.Sin(2 * Math.PI * hertz * i / 44100));
            return tone;
        }

        int Peak(float[] mels)
        {
            var frames = mels.Length / 128;
            return Enumerable.Range(0, 128).MaxBy(mel => mels[(mel * frames) + (frames / 2)]);
        }

        var shifted = Peak(spectrogram.Compute(Tone(1000), semitones));
        var expected = Peak(spectrogram.Compute(Tone(1000 * Math.Pow(2, semitones / 12))));
        Assert.InRange(shifted, expected - 1, expected + 1);
    }

    [Fact]
    public void Very_short_sounds_have_spectrograms_too()
    {
        foreach (var preset in new[] { "svc", "nsf", "rmvpe", "fcpe" })
        {
            foreach (var length in new[] { 0, 1, 2, 100, 320, 882 })
            {
                var mels = new MelSpectrogram(Options(preset)).Compute(Noise(length));
                Assert.All(mels, value => Assert.True(float.IsFinite(value)));
            }
        }
    }

    [Fact]
    public void The_linear_spectrogram_lies_frequency_by_frequency()
    {
        var stft = new Stft(2048, 512);
        var samples = Noise(512 * 20);
        var spectrogram = stft.VitsSpectrogram(samples);
        Assert.Equal(1025 * 20, spectrogram.Length);
        var rows = new float[1025 * 20];
        stft.Magnitudes(samples, StftPadding.Vits(2048, 512), 1e-6, rows);
        Assert.Equal(rows[(7 * 1025) + 300], spectrogram[(300 * 20) + 7]);
    }

    internal static float[] Noise(int length)
    {
        var random = new Random(length);
        var noise = new float[length];
        for (var i = 0; i < length; i++)
            noise[i] = random.NextSingle() - 0.5f;
        return noise;
    }

    static MelSpectrogramOptions Options(string preset) => preset switch
    {
        "svc" => MelSpectrogramOptions.Svc,
        "nsf" => MelSpectrogramOptions.NsfHifiGan,
        "rmvpe" => MelSpectrogramOptions.Rmvpe,
        _ => MelSpectrogramOptions.Fcpe,
    };
}
