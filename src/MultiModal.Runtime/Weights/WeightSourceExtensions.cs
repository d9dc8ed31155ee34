namespace MultiModal.Runtime.Weights;

/// <summary>Views of sources of weights.</summary>
public static class WeightSourceExtensions
{
    /// <summary>The tensors whose names begin in a certain way, without that beginning.</summary>
    /// <param name="source">The source. Disposing the view disposes it.</param>
    /// <param name="prefix">The beginning, its dot included, such as "model.".</param>
    public static IWeightSource Under(this IWeightSource source, string prefix)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(prefix);
        return new PrefixView(source, prefix);
    }

    /// <summary>Finds a tensor that has to be there.</summary>
    /// <param name="source">The source.</param>
    /// <param name="name">The tensor's name.</param>
    /// <exception cref="WeightMismatchException">There is none of that name.</exception>
    public static WeightTensor Get(this IWeightSource source, string name)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Find(name) ?? throw new WeightMismatchException(source.Name, [name], [], []);
    }

    sealed class PrefixView(IWeightSource source, string prefix) : IWeightSource
    {
        readonly string[] names = [.. source.Names.Where(name => name.Length > prefix.Length && name.StartsWith(prefix, StringComparison.Ordinal)).Select(name => name[prefix.Length..])];

        public string Name => source.Name;

        public IReadOnlyCollection<string> Names => names;

        public WeightTensor? Find(string name) => source.Find(prefix + name);

        public void Dispose() => source.Dispose();
    }
}
