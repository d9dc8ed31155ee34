using MultiModal.Voice.Pitch;
using MultiModal.Voice.Signal;
using MultiModal.Voice.Tests.Conversion;

namespace MultiModal.Voice.Tests.Training;

public sealed class AugmentationTests
{
    const int Rate = 16000;

    [Theory]
    [InlineData(0.85)]
    [InlineData(1.0)]
    [InlineData(1.15)]
    public void Another_speed_keeps_the_pitch(double factor)
    {
        var sound = TinyVoice.Sound(2, Rate).Channel(0).ToArray();
        var changed = Augmentation.ChangeSpeed(sound, Rate, factor);
        Assert.Equal(sound.Length / factor, changed.Length, 1.0);
        Assert.Equal(Middle(sound), Middle(changed), Middle(sound) * 0.03);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_shift_of_pitch_keeps_the_speed(double semitones)
    {
        var sound = TinyVoice.Sound(2, Rate).Channel(0).ToArray();
        var changed = Augmentation.ShiftPitch(sound, Rate, semitones);
        Assert.Equal(sound.Length, changed.Length);
        var wanted = Middle(sound) * Math.Pow(2, semitones / 12);
        Assert.Equal(wanted, Middle(changed), wanted * 0.03);
    }

    [Fact]
    public void Larger_changes_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Augmentation.ChangeSpeed(new float[100], Rate, 1.2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Augmentation.ShiftPitch(new float[100], Rate, 2.5));
    }

    /// <summary>The median pitch: that of a glide is the same wherever it is cut.</summary>
    static double Middle(float[] sound)
    {
        var voiced = new PraatPitch().Estimate(sound, new(Rate, 160)).Hertz.ToArray().Where(h => h > 0).Order().ToArray();
        return voiced[voiced.Length / 2];
    }
}
