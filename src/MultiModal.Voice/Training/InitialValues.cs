using MultiModal.Runtime.Training;

namespace MultiModal.Voice.Training;

/// <summary>Where So-VITS-SVC begins otherwise than PyTorch's layers do.</summary>
static class InitialValues
{
    /// <summary>Changes the value of a parameter that was drawn as PyTorch's layers draw it.</summary>
    public static void Adjust(TrainableParameter parameter)
    {
        var value = parameter.Value.Floats;
        if (parameter.Name.StartsWith("flow.", StringComparison.Ordinal) && parameter.Name.Contains(".post.", StringComparison.Ordinal))
        {
            // Couplings begin as the identity (Kingma and Dhariwal 2018, "Glow", section 3.3).
            value.Clear();
        }
        else if (parameter.Name.EndsWith(".emb_rel_k", StringComparison.Ordinal) || parameter.Name.EndsWith(".emb_rel_v", StringComparison.Ordinal))
        {
            // Normal with deviation 1 / sqrt(depth); they were drawn uniform with that bound, of a third of the variance.
            for (var i = 0; i < value.Length; i++) value[i] *= MathF.Sqrt(3);
        }
    }
}
