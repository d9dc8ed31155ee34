using System.Runtime.InteropServices;
using MultiModal.Runtime;
using MultiModal.Testing;
using MultiModal.Voice.Pitch;
using MultiModal.Voice.Tests.Signal;

namespace MultiModal.Voice.Tests.Pitch;

[Trait("Category", "Parity")]
public sealed class PitchParityTests
{
    [Fact]
    public void Pitch_equals_the_originals() => Fixtures.Check("pitch", fixture =>
    {
        var wav = SignalParityTests.Samples(fixture.Tensors["wav"], 32768);
        var (rate, hop) = (fixture["sample_rate"].GetInt32(), fixture["hop"].GetInt32());
        foreach (var method in fixture.Text("method").Split(','))
        {
            switch (method)
            {
                case "pm":
                    CheckPraat(fixture, wav, rate, hop);
                    break;
                case "dio":
                    CheckWorld(fixture, "dio", wav, rate, hop, new DioPitch().Analyse);
                    break;
                case "harvest":
                    CheckWorld(fixture, "harvest", wav, rate, hop, new HarvestPitch().Analyse);
                    break;
                default:
                    Assert.Fail($"{fixture.Name}: nothing here checks the method '{method}'.");
                    break;
            }
        }
    });

    delegate (double[] Times, double[] Hertz) Analysis(ReadOnlySpan<float> samples, int rate, double periodMs);

    static void CheckPraat(FixtureCase fixture, float[] wav, int rate, int hop)
    {
        var estimator = new PraatPitch();
        var (times, hertz) = estimator.Analyse(wav, rate, (double)hop / rate);
        Compare.Close(Doubles(fixture, "praat_times"), times, 1e-9, $"{fixture.Name}, praat_times");
        Cents.Check(fixture, "praat_hz", Doubles(fixture, "praat_hz"), hertz);
        var curve = estimator.Estimate(wav, new(rate, hop));
        Cents.Check(fixture, "f0", Doubles(fixture, "f0"), Compare.Widen(curve.Continuous));
        Cents.CheckVoicing(fixture, "uv", fixture.Tensors["uv"].Floats, curve.Voicing());
    }

    static void CheckWorld(FixtureCase fixture, string method, float[] wav, int rate, int hop, Analysis analyse)
    {
        var (times, raw) = analyse(wav, rate, 1000.0 * hop / rate);
        Compare.Close(Doubles(fixture, $"{method}_times"), times, 1e-9, $"{fixture.Name}, {method}_times");
        Cents.Check(fixture, $"{method}_raw", Doubles(fixture, $"{method}_raw"), raw);
        Cents.Check(fixture, $"{method}_refined", Doubles(fixture, $"{method}_refined"), StoneMask.Refine(wav, rate, times, raw));
    }

    static double[] Doubles(FixtureCase fixture, string name) => MemoryMarshal.Cast<byte, double>(fixture.Tensors[name].Bytes).ToArray();
}
