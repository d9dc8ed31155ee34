using System.Globalization;
using MultiModal.Testing;

namespace MultiModal.Voice.Tests.Pitch;

/// <summary>Comparison of pitches as the fixtures ask: voiced frames in cents, and the voicing decision on at least 99 % of frames.</summary>
static class Cents
{
    internal static void Check(FixtureCase fixture, string name, ReadOnlySpan<double> expected, ReadOnlySpan<double> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var tolerance = fixture["tolerance_cents"].GetDouble();
        var (agreed, worst, at) = (0, 0.0, 0);
        for (var i = 0; i < expected.Length; i++)
        {
            if (expected[i] > 0 != actual[i] > 0)
                continue;
            agreed++;
            if (expected[i] > 0 && Math.Abs(Between(expected[i], actual[i])) > worst)
                (worst, at) = (Math.Abs(Between(expected[i], actual[i])), i);
        }

        Report(fixture, name, $"{agreed} of {expected.Length} voicing decisions agree; the largest error is {worst:G4} cents at frame {at} ({expected[at]:G9} Hz, got {actual[at]:G9})", agreed >= expected.Length * 0.99 && worst <= tolerance);
    }

    internal static void CheckVoicing(FixtureCase fixture, string name, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var agreed = 0;
        for (var i = 0; i < expected.Length; i++)
            agreed += expected[i] == actual[i] ? 1 : 0;
        Report(fixture, name, $"{agreed} of {expected.Length} voicing decisions agree", agreed >= expected.Length * 0.99);
    }

    internal static double Between(double a, double b) => 1200 * Math.Log2(b / a);

    static void Report(FixtureCase fixture, string name, FormattableString found, bool passed)
    {
        Assert.True(passed, $"{fixture.Name}, {name}: {found.ToString(CultureInfo.InvariantCulture)}");
    }
}
