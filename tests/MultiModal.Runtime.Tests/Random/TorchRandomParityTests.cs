using System.Globalization;
using MultiModal.Runtime.Random;
using MultiModal.Testing;

namespace MultiModal.Runtime.Tests.Random;

[Trait("Category", "Parity")]
public sealed class TorchRandomParityTests
{
    [Fact]
    public void Draws_equal_those_of_torch() => Fixtures.Check("random", fixture =>
    {
        foreach (var (name, expected) in fixture.Tensors.Where(pair => !pair.Key.StartsWith("seq_", StringComparison.Ordinal)))
        {
            var parts = name.Split('_');
            var random = new TorchRandom(ulong.Parse(parts[1], CultureInfo.InvariantCulture));
            fixture.Expect(name, Draw(random, parts[0], expected));
        }

        // Three draws in a row from one generator: seq_SEED_LETTER_DRAW_COUNT, in the order of the letters.
        var sequences = fixture.Tensors.Where(pair => pair.Key.StartsWith("seq_", StringComparison.Ordinal)).GroupBy(pair => pair.Key.Split('_')[1]);
        foreach (var sequence in sequences)
        {
            var random = new TorchRandom(ulong.Parse(sequence.Key, CultureInfo.InvariantCulture));
            foreach (var (name, expected) in sequence.OrderBy(pair => pair.Key.Split('_')[2], StringComparer.Ordinal))
                fixture.Expect(name, Draw(random, name.Split('_')[3], expected));
        }
    });

    static TensorData Draw(TorchRandom random, string kind, TensorData expected)
    {
        long[] shape = [.. expected.Dimensions];
        return kind switch
        {
            "randn" => random.Normal(shape),
            "rand" => random.Uniform(shape),
            "randperm" => TensorData.Of(random.Permutation((int)shape[0]), shape),
            _ => throw new NotSupportedException($"No draw is called '{kind}'."),
        };
    }
}
