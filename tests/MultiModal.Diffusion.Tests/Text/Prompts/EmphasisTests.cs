using MultiModal.Diffusion.Text.Prompts;

namespace MultiModal.Diffusion.Tests.Text.Prompts;

public sealed class EmphasisTests
{
    static float[] Apply(Emphasis mode)
    {
        float[] states = [1, 2, 3, 4];
        EmphasisMath.Apply(states, [1, 2], mode, [1, 1, 1, 2]);
        return states;
    }

    [Fact]
    public void Each_mode_is_the_formula_it_is_named_for()
    {
        Assert.Equal([1, 2, 6, 8], Apply(Emphasis.NoNorm));
        Assert.Equal([1, 2, 5, 6], Apply(Emphasis.FromEmpty));
        Assert.Equal([1, 2, 3, 4], Apply(Emphasis.Ignore));

        // The mean was 2.5 and has become 4.25.
        Assert.Equal([10 / 17f, 20 / 17f, 60 / 17f, 80 / 17f], Apply(Emphasis.Original), (a, b) => Math.Abs(a - b) < 1e-6);
    }
}
