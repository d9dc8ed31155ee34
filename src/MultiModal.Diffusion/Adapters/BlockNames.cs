using System.Globalization;

namespace MultiModal.Diffusion.Adapters;

/// <summary>What lists of block weights call the blocks of a UNet: IN00 and up, M00, OUT00 and up, counted through all levels as the original code does.</summary>
static class BlockNames
{
    /// <summary>The block of a layer; null for layers outside of blocks.</summary>
    /// <param name="layer">Its name in diffusers' layout.</param>
    /// <param name="layersPerBlock">Residual blocks of a level on the way down.</param>
    public static string? Of(string layer, int layersPerBlock)
    {
        var perLevel = layersPerBlock + 1;
        return layer.Split('.') switch
        {
            ["conv_in"] => "IN00",
            ["down_blocks", var b, "downsamplers", ..] => Name("IN", (Number(b) + 1) * perLevel),
            ["down_blocks", var b, _, var n, ..] => Name("IN", 1 + (Number(b) * perLevel) + Number(n)),
            ["mid_block", ..] => "M00",
            ["up_blocks", var b, "upsamplers", ..] => Name("OUT", (Number(b) * perLevel) + layersPerBlock),
            ["up_blocks", var b, _, var n, ..] => Name("OUT", (Number(b) * perLevel) + Number(n)),
            _ => null,
        };

        static string Name(string way, int number) => string.Create(CultureInfo.InvariantCulture, $"{way}{number:D2}");

        static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }
}
