using MultiModal.Voice.Pitch;

namespace MultiModal.Voice.Tests.Pitch;

public sealed class PitchCurveTests
{
    [Fact]
    public void Unvoiced_frames_are_filled_by_straight_lines_and_held_at_the_ends()
    {
        var curve = new PitchCurve([0, 0, 100, 0, 0, 0, 140, 0]);
        Assert.Equal([100f, 100, 100, 110, 120, 130, 140, 140], curve.Continuous.ToArray());
        Assert.Equal([0f, 0, 1, 0, 0, 0, 1, 0], curve.Voicing());
        Assert.Equal(0.25, curve.VoicedRatio);
    }

    [Fact]
    public void A_single_voiced_frame_fills_the_whole_curve_except_where_the_original_slips()
    {
        float[] hertz = [0, 0, 200, 0];
        Assert.Equal([200f, 200, 200, 200], new PitchCurve(hertz).Continuous.ToArray());
        Assert.Equal([0f, 0, 0, 0], PitchCurve.WithSingleFrameQuirk(hertz).Continuous.ToArray());
        Assert.Equal([200f, 200], PitchCurve.WithSingleFrameQuirk([200, 0]).Continuous.ToArray());
    }

    [Fact]
    public void Transposing_by_an_octave_doubles_and_keeps_voicing()
    {
        var curve = new PitchCurve([0, 100, 0, 200]).Transpose(12);
        Assert.Equal([0f, 200, 0, 400], curve.Hertz.ToArray());
        Assert.Equal([200f, 200, 300, 400], curve.Continuous.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => curve.Transpose(double.NaN));
    }

    [Fact]
    public void The_median_takes_slips_away_and_leaves_unvoiced_frames()
    {
        var curve = new PitchCurve([0, 100, 101, 202, 102, 103, 0]).MedianFilter(3);
        Assert.Equal([0f, 100, 101, 102, 103, 102, 0], curve.Hertz.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => curve.MedianFilter(4));
    }

    [Fact]
    public void What_is_no_pitch_is_unvoiced()
    {
        var curve = new PitchCurve([float.NaN, -5, 100]);
        Assert.Equal([0f, 0, 100], curve.Hertz.ToArray());
        Assert.Equal([100f, 100, 100], curve.Continuous.ToArray());
        Assert.Equal(0, new PitchCurve([]).Count);
    }

    [Fact]
    public void Coarse_pitch_keeps_the_slip_of_4_1_and_the_limit_of_4_0()
    {
        float[] hertz = [0, 49, 50, 440, 1100, 1102, 1110, 5000, float.NaN];
        Assert.Equal([1L, 1, 1, 122, 255, 255, 0, 0, 1], CoarsePitch.Quantize(hertz));
        Assert.Equal([1L, 1, 1, 122, 255, 255, 255, 255, 1], CoarsePitch.Quantize(hertz, CoarsePitchRule.Svc40));
    }

    [Fact]
    public void Resizing_never_joins_voiced_and_unvoiced()
    {
        Assert.Equal([100f, 150, 200, 0, 0, 0], PitchResize.WithGaps([100, 200, 0], 6));
        Assert.Equal([100f, 0], PitchResize.WithGaps([100, 110, 0, 0], 2));
        Assert.Equal([0f, 0], PitchResize.WithGaps([], 2));
        Assert.Equal([1f, 1, 2, 2, 3, 3], PitchResize.Nearest([1, 2, 3], 6));
        Assert.Equal([1f, 3], PitchResize.Nearest([1, 2, 3, 4], 2));
    }
}
