using System.Numerics.Tensors;

namespace MultiModal.Diffusion.Text.Prompts;

/// <summary>Weights applied to a text encoder's states.</summary>
static class EmphasisMath
{
    /// <summary>Changes states in place.</summary>
    /// <param name="states">[tokens, features]</param>
    /// <param name="weights">One for each token.</param>
    /// <param name="mode">How.</param>
    /// <param name="empty">The states of the empty prompt, for <see cref="Emphasis.FromEmpty"/>.</param>
    public static void Apply(Span<float> states, ReadOnlySpan<float> weights, Emphasis mode, ReadOnlySpan<float> empty)
    {
        if (mode == Emphasis.Ignore || !weights.ContainsAnyExcept(1f)) return;
        var features = states.Length / weights.Length;
        var before = Mean(states);
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] == 1) continue;
            var state = states.Slice(i * features, features);
            if (mode == Emphasis.FromEmpty)
            {
                var origin = empty.Slice(i * features, features);
                TensorPrimitives.Subtract(state, origin, state);
                TensorPrimitives.MultiplyAdd(state, weights[i], origin, state);
            }
            else
            {
                TensorPrimitives.Multiply(state, weights[i], state);
            }
        }

        if (mode != Emphasis.Original) return;
        var after = Mean(states);
        if (after != 0) TensorPrimitives.Multiply(states, (float)(before / after), states);
    }

    static double Mean(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += value;
        return sum / values.Length;
    }
}
