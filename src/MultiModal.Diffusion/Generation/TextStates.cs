using MultiModal.Runtime;

namespace MultiModal.Diffusion.Generation;

/// <summary>What a text encoder gives for one prompt: states [1, tokens, features], pooled [1, features].</summary>
/// <param name="Last">The last state, normalised.</param>
/// <param name="Penultimate">The state before the last layer, not normalised.</param>
/// <param name="Pooled">The state at the end token, projected where there is a projection.</param>
/// <param name="Chosen">The state asked for, not normalised.</param>
/// <param name="ChosenNormalised">The state asked for after the final layer normalisation.</param>
sealed record TextStates(TensorData Last, TensorData Penultimate, TensorData Pooled, TensorData Chosen, TensorData ChosenNormalised)
{
    /// <summary>The memory they take.</summary>
    public long ByteLength { get; } = sizeof(float) * (Last.Length + Penultimate.Length + Pooled.Length + Chosen.Length + ChosenNormalised.Length);
}
