using MultiModal.Runtime.Weights.Maps;

namespace MultiModal.Runtime.Weights;

/// <summary>Compares the weights a network has with those a source holds.</summary>
public static class WeightMatching
{
    /// <summary>Makes sure that a source holds exactly the weights a network has.</summary>
    /// <param name="source">The source.</param>
    /// <param name="expected">The name and shape of every weight of the network.</param>
    /// <param name="ignoredSurplus">
    /// Patterns (as in <see cref="WeightMap"/>) of what the source may hold besides, such as "{p*}.position_ids"; none by default. The
    /// pattern "{all*}" allows anything.
    /// </param>
    /// <exception cref="WeightMismatchException">Something is missing, left over or of another shape; the message lists it.</exception>
    public static void Check(
        IWeightSource source, IEnumerable<(string Name, IReadOnlyList<long> Dimensions)> expected, params IReadOnlyList<string> ignoredSurplus)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(expected);
        ArgumentNullException.ThrowIfNull(ignoredSurplus);
        List<string> missing = [];
        List<string> misshapen = [];
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, dimensions) in expected)
        {
            wanted.Add(name);
            var found = source.Find(name);
            if (found is null)
                missing.Add(name);
            else if (!found.Dimensions.SequenceEqual(dimensions))
                misshapen.Add($"{name}: expected [{string.Join(", ", dimensions)}], found [{string.Join(", ", found.Dimensions)}]");
        }

        NamePattern[] ignored = [.. ignoredSurplus.Select(NamePattern.Parse)];
        List<string> surplus = [.. source.Names.Where(name => !wanted.Contains(name) && !Array.Exists(ignored, pattern => pattern.Match(name) is not null))];
        if (missing.Count + misshapen.Count + surplus.Count > 0)
            throw new WeightMismatchException(source.Name, missing, surplus, misshapen);
    }
}
