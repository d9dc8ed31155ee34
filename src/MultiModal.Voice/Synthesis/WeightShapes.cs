using System.Globalization;
using MultiModal.Runtime.Weights;

namespace MultiModal.Voice.Synthesis;

/// <summary>What the names and shapes in a checkpoint tell of its network.</summary>
/// <param name="weights">The checkpoint.</param>
/// <param name="expected">What errors say the file should be; by default a generator.</param>
sealed class WeightShapes(
    IWeightSource weights, string expected = "Expected is a generator of So-VITS-SVC 4.0 or 4.1 (G_*.pth), not a discriminator (D_*) or another program's model.")
{
    // No dimension of these networks comes near; a hostile file must not make a graph of a billion nodes.
    const long Limit = 1 << 20;
    const int MaxCount = 256;

    readonly HashSet<string> names = [.. weights.Names];

    public bool Has(string name) => names.Contains(name);

    public bool Any(string prefix) => names.Any(n => n.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>The shape of a tensor that has to be there.</summary>
    public int[] Shape(string name, int rank)
    {
        var found = weights.Find(name) ?? throw Error(
            $"there is no tensor '{name}'.", expected);
        return found.Dimensions.Count == rank && found.Dimensions.All(d => d is > 0 and < Limit)
            ? [.. found.Dimensions.Select(d => (int)d)]
            : throw Error($"'{name}' has the shape [{string.Join(", ", found.Dimensions)}].");
    }

    /// <summary>How many children with numbers a list has ("flow.flows": 4, as odd numbers have no parameters).</summary>
    public int Count(string list)
    {
        var start = list.Length + 1;
        var count = names
            .Where(n => n.Length > start && n[list.Length] == '.' && n.StartsWith(list, StringComparison.Ordinal) && n.IndexOf('.', start) > 0)
            .Select(n => n[start..n.IndexOf('.', start)])
            .Where(n => int.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Distinct(StringComparer.Ordinal)
            .Count();
        return count <= MaxCount ? count : throw Error($"'{list}' has {count} parts.");
    }

    public InvalidFileException Error(string problem, string? remedy = null) => new(weights.Name, problem, remedy: remedy);
}
