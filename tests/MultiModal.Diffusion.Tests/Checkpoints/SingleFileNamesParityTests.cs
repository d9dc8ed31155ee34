using System.Runtime.InteropServices;
using MultiModal.Diffusion.Checkpoints;
using MultiModal.Runtime;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;

namespace MultiModal.Diffusion.Tests.Checkpoints;

[Trait("Category", "Parity")]
public sealed class SingleFileNamesParityTests
{
    /// <summary>A file with the case's keys, each holding its own number, goes through the loader: every name it has then must hold the number the case says.</summary>
    [Fact]
    public void Tensors_of_single_files_get_the_reference_names() => Fixtures.Check("single-file-names", fixture =>
    {
        var names = fixture["names"].EnumerateObject().Select(p => (Key: p.Name, Targets: p.Value.EnumerateArray().Select(t => t.GetString()!).ToList())).ToList();
        var layout = SingleFileLayout.Of(Source());
        var family = ModelConfigurations.Of(layout.Family);
        var parts = new List<(string Component, string? Prefix)> { ("unet", layout.UNetPrefix), ("vae", layout.VaePrefix) };
        parts.AddRange(layout.TextComponents.Select((component, i) => (component, (string?)layout.TextPrefixes[i].Prefix)));
        var seen = 0;
        foreach (var (component, prefix) in parts)
        {
            using var weights = layout.Component(Source(), component, family.UNet, family.Vae, family.TextEncoders);
            var expected = names.Index().Where(n => n.Item.Key.StartsWith(prefix!, StringComparison.Ordinal)).SelectMany(n => n.Item.Targets.Select(t => (Target: t, n.Index))).ToList();
            Assert.Equal(expected.Select(e => e.Target).Order(StringComparer.Ordinal), weights.Names.Order(StringComparer.Ordinal));
            foreach (var (target, index) in expected) Assert.Equal(index, weights.Get(target).ToFloat32().Floats[0]);
            seen += names.Count(n => n.Key.StartsWith(prefix!, StringComparison.Ordinal));
        }

        Assert.Equal(names.Count, seen);

        IWeightSource Source() => new MemoryWeights(names.Select((n, i) => KeyValuePair.Create(n.Key, Filled(i, n.Key, n.Targets.Count))));
    });

    /// <summary>A tensor of the rank its key has in a file, of the fewest elements.</summary>
    static TensorData Filled(int value, string key, int parts)
    {
        long[] shape = parts > 1 ? [parts]
            : key.EndsWith("input_blocks.0.0.weight", StringComparison.Ordinal) ? [1, 4, 1, 1]
            : key.Contains(".attn_1.", StringComparison.Ordinal) && key.EndsWith("weight", StringComparison.Ordinal) ? [1, 1, 1, 1]
            : key.Contains("text_projection", StringComparison.Ordinal) ? [1, 1] : [1];
        var tensor = TensorData.Zeros(DType.Float32, shape);
        MemoryMarshal.Cast<byte, float>(tensor.Bytes).Fill(value);
        return tensor;
    }
}
