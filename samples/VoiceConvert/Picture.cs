using MultiModal.Audio;
using MultiModal.Images;
using MultiModal.Voice.Conversion;
using MultiModal.Voice.Signal;

namespace VoiceConvert;

/// <summary>Two spectrograms, the source above and the result below, with the pitch of each drawn into it.</summary>
static class Picture
{
    const int Width = 1200, Half = 300;
    const double Lowest = 40, Highest = 12000;

    public static async Task WriteAsync(
        string path, AudioClip source, AudioClip result, IReadOnlyList<ConvertedChunk> chunks, TimeSpan frame, CancellationToken cancellationToken)
    {
        var image = new ImageBuffer(Width, (2 * Half) + 4);
        Draw(image, 0, source);
        Draw(image, Half + 4, result);
        foreach (var chunk in chunks)
        {
            Curve(image, 0, chunk, chunk.SourcePitch, frame, result.Duration, (80, 255, 120));
            Curve(image, Half + 4, chunk, chunk.Pitch, frame, result.Duration, (120, 200, 255));
        }

        await using var file = File.Create(path);
        await PngCodec.Default.WriteAsync(image, file, cancellationToken);
    }

    static void Draw(ImageBuffer image, int top, AudioClip clip)
    {
        const int Size = 2048;
        var fft = new RealFft(Size);
        var (frame, re, im) = (new double[Size], new double[fft.BinCount], new double[fft.BinCount]);
        var samples = clip.Channel(0);
        for (var x = 0; x < Width; x++)
        {
            var middle = (int)((x + 0.5) * samples.Length / Width);
            for (var i = 0; i < Size; i++)
            {
                var at = middle - (Size / 2) + i;
                frame[i] = at >= 0 && at < samples.Length ? samples[at] * (0.5 - (0.5 * Math.Cos(2 * Math.PI * i / Size))) : 0;
            }

            fft.Forward(frame, re, im);
            for (var y = 0; y < Half; y++)
            {
                var bin = (int)Math.Min(fft.BinCount - 1, Hertz(y) * Size / clip.SampleRate);
                var decibels = 10 * Math.Log10((re[bin] * re[bin]) + (im[bin] * im[bin]) + 1e-9);
                var light = Math.Clamp((decibels + 50) / 90, 0, 1);
                Set(image, x, top + y, ((byte)(255 * Math.Min(1, light * 1.6)), (byte)(255 * light * light), (byte)(255 * Math.Clamp((0.6 - Math.Abs(light - 0.4)) * 1.2, 0, 1) * light)));
            }
        }
    }

    static void Curve(ImageBuffer image, int top, ConvertedChunk chunk, IReadOnlyList<float> pitch, TimeSpan frame, TimeSpan duration, (byte, byte, byte) colour)
    {
        for (var i = 0; i < pitch.Count; i++)
        {
            if (!(pitch[i] > Lowest)) continue;
            var time = chunk.Start + (frame * (i + 0.5));
            var x = (int)(time / duration * Width);
            var y = (int)((1 - (Math.Log(pitch[i] / Lowest) / Math.Log(Highest / Lowest))) * Half);
            for (var d = 0; d < 4; d++)
                if (x + (d % 2) < Width && y + (d / 2) is >= 0 and < Half && x >= 0) Set(image, x + (d % 2), top + y + (d / 2), colour);
        }
    }

    /// <summary>The frequency of a row: logarithmic, the highest above.</summary>
    static double Hertz(int y) => Lowest * Math.Pow(Highest / Lowest, 1 - ((y + 0.5) / Half));

    static void Set(ImageBuffer image, int x, int y, (byte Red, byte Green, byte Blue) colour)
    {
        var row = image.Row(y);
        (row[3 * x], row[(3 * x) + 1], row[(3 * x) + 2]) = colour;
    }
}
