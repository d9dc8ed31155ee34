using System.Text;

namespace MultiModal.Runtime.Weights;

/// <summary>The weights found are not those a network has: nothing was loaded.</summary>
public sealed class WeightMismatchException : MultiModalException
{
    const int MostListed = 20;

    /// <summary>Makes the error.</summary>
    /// <param name="source">Where the weights came from.</param>
    /// <param name="missing">What the network has and the source has not.</param>
    /// <param name="surplus">What the source has and the network has not.</param>
    /// <param name="misshapen">What has another shape: "name: expected [..], found [..]".</param>
    public WeightMismatchException(string source, IReadOnlyList<string> missing, IReadOnlyList<string> surplus, IReadOnlyList<string> misshapen)
        : base(Describe(source, missing, surplus, misshapen))
    {
        SourceName = source;
        Missing = missing;
        Surplus = surplus;
        Misshapen = misshapen;
    }

    /// <summary>Where the weights came from: a path, as a rule.</summary>
    public string SourceName { get; }

    /// <summary>What the network has and the source has not, all of it.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>What the source has and the network has not, all of it.</summary>
    public IReadOnlyList<string> Surplus { get; }

    /// <summary>What has another shape than expected, all of it.</summary>
    public IReadOnlyList<string> Misshapen { get; }

    static string Describe(string source, IReadOnlyList<string> missing, IReadOnlyList<string> surplus, IReadOnlyList<string> misshapen)
    {
        var text = new StringBuilder($"{source}: the weights do not fit the network.");
        List(text, "missing", missing);
        List(text, "mis-shaped", misshapen);
        List(text, "surplus", surplus);
        return text.ToString();
    }

    static void List(StringBuilder text, string what, IReadOnlyList<string> names)
    {
        if (names.Count == 0)
            return;
        text.Append('\n').Append(names.Count).Append(' ').Append(what).Append(':');
        foreach (var name in names.Take(MostListed))
            text.Append("\n  ").Append(name);
        if (names.Count > MostListed)
            text.Append("\n  and ").Append(names.Count - MostListed).Append(" more");
    }
}
