using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace MultiModal.Diffusion.Adapters;

/// <summary>Names of tensors in adapters' files: the layer they belong to, then what they are for.</summary>
static partial class LoraKeys
{
    // Endings of kohya's and LyCORIS's files, of PEFT, and of diffusers new and old, the longest of those that share an end first.
    static readonly (string Ending, LoraRole Role)[] endings =
    [
        (".lora_linear_layer.down.weight", LoraRole.Down), (".lora_linear_layer.up.weight", LoraRole.Up),
        (".lora_down.weight", LoraRole.Down), (".lora_up.weight", LoraRole.Up), (".lora_mid.weight", LoraRole.Mid),
        (".lora.down.weight", LoraRole.Down), (".lora.up.weight", LoraRole.Up),
        ("_lora.down.weight", LoraRole.Down), ("_lora.up.weight", LoraRole.Up),
        (".lora_A.weight", LoraRole.Down), (".lora_B.weight", LoraRole.Up), (".lora_B.bias", LoraRole.UpBias), (".lora_up.bias", LoraRole.UpBias),
        (".lora_magnitude_vector.weight", LoraRole.OutputMagnitude), (".lora_magnitude_vector", LoraRole.OutputMagnitude),
        (".dora_scale", LoraRole.Magnitude), (".alpha", LoraRole.Alpha), (".scale", LoraRole.Scale),
        (".hada_w1_a", LoraRole.Hada1A), (".hada_w1_b", LoraRole.Hada1B), (".hada_w2_a", LoraRole.Hada2A), (".hada_w2_b", LoraRole.Hada2B),
        (".hada_t1", LoraRole.Hada1Core), (".hada_t2", LoraRole.Hada2Core),
        (".lokr_w1", LoraRole.Kron1), (".lokr_w1_a", LoraRole.Kron1A), (".lokr_w1_b", LoraRole.Kron1B),
        (".lokr_w2", LoraRole.Kron2), (".lokr_w2_a", LoraRole.Kron2A), (".lokr_w2_b", LoraRole.Kron2B), (".lokr_t2", LoraRole.Kron2Core),
        (".diff", LoraRole.Difference), (".diff_b", LoraRole.BiasDifference), (".w_norm", LoraRole.NormDifference), (".b_norm", LoraRole.NormBiasDifference),
        (".a1.weight", LoraRole.GloraA1), (".a2.weight", LoraRole.GloraA2), (".b1.weight", LoraRole.GloraB1), (".b2.weight", LoraRole.GloraB2),
        (".oft_blocks", LoraRole.RotationSeeds), (".oft_diag", LoraRole.Rotations), (".rescale", LoraRole.Rescale), (".on_input", LoraRole.OnInput),
    ];

    /// <summary>Takes a name apart.</summary>
    /// <param name="name">A tensor's name.</param>
    /// <param name="isFactored">Whether a layer has factors for its outputs or inputs (IA3), which are called no more than "weight".</param>
    /// <param name="layer">The layer, as the file calls it.</param>
    /// <param name="role">What the tensor is for.</param>
    /// <returns>Whether it is a name of any known format.</returns>
    public static bool TrySplit(string name, Func<string, bool> isFactored, [NotNullWhen(true)] out string? layer, out LoraRole role)
    {
        // PEFT may write the adapter's own name in: lora_A.default.weight.
        var plain = NamedAdapter().Replace(name, "$1$2");
        foreach (var (ending, found) in endings)
        {
            if (plain.Length <= ending.Length || !plain.EndsWith(ending, StringComparison.Ordinal)) continue;
            (layer, role) = (plain[..^ending.Length], found);
            return true;
        }

        const string weight = ".weight";
        if (plain.EndsWith(weight, StringComparison.Ordinal) && isFactored(plain[..^weight.Length]))
        {
            (layer, role) = (plain[..^weight.Length], LoraRole.Factors);
            return true;
        }

        (layer, role) = (null, default);
        return false;
    }

    /// <summary>A layer's name without what tells nothing about where it is.</summary>
    public static string Bare(string layer)
    {
        if (layer.StartsWith("base_model.model.", StringComparison.Ordinal)) layer = layer["base_model.model.".Length..];
        return layer.Replace(".processor.", ".", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"(\.lora_(?:A|B|magnitude_vector))\.[^.]+(\.(?:weight|bias))\z")]
    private static partial Regex NamedAdapter();
}
