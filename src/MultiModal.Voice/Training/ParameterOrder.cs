using System.Globalization;

namespace MultiModal.Voice.Training;

/// <summary>
/// The order in which the original's modules register their parameters: that of its state dicts, by whose numbers its optimiser's state is kept.
/// </summary>
sealed class ParameterOrder : IComparer<string>
{
    /// <summary>The children of each module, by the last part of its name that is no number.</summary>
    static readonly Dictionary<string, string[]> Children = new(StringComparer.Ordinal)
    {
        [""] = ["emb_g", "emb_vol", "pre", "enc_p", "dec", "enc_q", "flow", "f0_decoder", "emb_uv", "discriminators"],
        ["enc_p"] = ["proj", "f0_emb", "enc_"],
        ["enc_"] = ["attn_layers", "norm_layers_1", "ffn_layers", "norm_layers_2"],
        ["attn_layers"] = ["emb_rel_k", "emb_rel_v", "conv_q", "conv_k", "conv_v", "conv_o"],
        ["self_attn_layers"] = ["conv_q", "conv_k", "conv_v", "conv_o"],
        ["dec"] = ["m_source", "noise_convs", "conv_pre", "ups", "resblocks", "conv_post", "cond"],
        ["resblocks"] = ["convs1", "convs2", "convs"],
        ["enc_q"] = ["pre", "enc", "proj"],
        ["enc"] = ["in_layers", "res_skip_layers", "cond_layer"],
        ["flows"] = ["pre", "enc", "post"],
        ["f0_decoder"] = ["prenet", "decoder", "proj", "f0_prenet", "cond"],
        ["decoder"] = ["self_attn_layers", "norm_layers_0", "ffn_layers", "norm_layers_1"],
        ["ffn_layers"] = ["conv_1", "conv_2"],
        ["discriminators"] = ["convs", "conv_post"],
    };

    /// <summary>A weight with a norm is registered anew, behind its bias.</summary>
    static readonly string[] Leaves = ["weight", "gamma", "bias", "beta", "weight_g", "weight_v"];

    public static ParameterOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        var (a, b) = (x!.Split('.'), y!.Split('.'));
        var parent = "";
        for (var i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            if (a[i] != b[i]) return Rank(parent, a[i]).CompareTo(Rank(parent, b[i])) is var order && order != 0 ? order : string.CompareOrdinal(a[i], b[i]);
            if (!char.IsAsciiDigit(a[i][0])) parent = a[i];
        }

        return a.Length.CompareTo(b.Length);
    }

    static int Rank(string parent, string child)
    {
        if (int.TryParse(child, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
        if (Children.TryGetValue(parent, out var known) && Array.IndexOf(known, child) is var place and >= 0) return place;
        return Array.IndexOf(Leaves, child) is var leaf and >= 0 ? leaf : int.MaxValue;
    }
}
