using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using MultiModal.Audio;
using MultiModal.Runtime;
using MultiModal.Testing;
using MultiModal.Voice.Pitch;
using MultiModal.Voice.Signal;

namespace MultiModal.Voice.Tests.Signal;

[Trait("Category", "Parity")]
public sealed class SignalParityTests
{
    [Fact]
    public void Signal_utilities_equal_the_originals() => Fixtures.Check("signal", fixture =>
    {
        var wav = Samples(fixture.Tensors["wav"], 32768);
        var known = 0;
        foreach (var (name, expected) in fixture.Tensors)
        {
            var parts = name.Split('_');
            switch (parts)
            {
                case ["wav"] or ["units"] or ["f0", "hz"]:
                    break;
                case ["resample", var rate]:
                    fixture.Expect(name, new Resampler(44100, Number(rate)).Resample(wav));
                    break;
                case ["volume", var hop]:
                    fixture.Expect(name, Loudness.Volume(wav, Number(hop)));
                    break;
                case ["units", var mode, var frames]:
                    var units = fixture.Tensors["units"];
                    fixture.Expect(name, UnitAlignment.Stretch(units.Floats, (int)units.Dimensions[0], Number(frames), Enum.Parse<UnitAlignmentMode>(mode, true)));
                    break;
                case ["f0", "coarse"]:
                    Assert.Equal(expected.Longs.ToArray(), CoarsePitch.Quantize(fixture.Tensors["f0_hz"].Floats));
                    break;
                case ["loudness", var rate]:
                    var quiet = new float[wav.Length];
                    for (var i = 0; i < quiet.Length; i++)
                        quiet[(i + 9000) % quiet.Length] = wav[i] * 0.3f;
                    Loudness.Approach(quiet, 44100, wav, 44100, Number(rate) / 100.0);
                    fixture.Expect(name, quiet);
                    break;
                default:
                    Assert.Fail($"{fixture.Name}: nothing here checks '{name}'.");
                    break;
            }

            known++;
        }

        Assert.True(known > 3);
    });

    [Fact]
    public void The_silence_slicer_cuts_where_the_original_does() => Fixtures.Check("slicer", fixture =>
    {
        var audio = Samples(fixture.Tensors["audio"], 32767);
        foreach (var threshold in fixture["expected"].EnumerateObject())
        {
            var slicer = new SilenceSlicer(fixture["sample_rate"].GetInt32(), new()
            {
                ThresholdDb = double.Parse(threshold.Name, CultureInfo.InvariantCulture),
                MinLength = TimeSpan.FromMilliseconds(fixture["min_length_ms"].GetDouble()),
            });
            var expected = threshold.Value.EnumerateObject().Select(chunk => Span(chunk.Value));
            Assert.Equal(expected, slicer.Slice(audio));
        }
    });

    static SoundSpan Span(JsonElement chunk)
    {
        var times = chunk.GetProperty("split_time").GetString()!.Split(',');
        return new(Number(times[0]), Number(times[1]), chunk.GetProperty("slice").GetBoolean());
    }

    static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    internal static float[] Samples(TensorData tensor, float scale) =>
        Array.ConvertAll(MemoryMarshal.Cast<byte, short>(tensor.Bytes).ToArray(), value => value / scale);
}
