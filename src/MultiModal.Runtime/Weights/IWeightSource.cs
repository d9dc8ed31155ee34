namespace MultiModal.Runtime.Weights;

/// <summary>Named tensors to load into a network: a file, several files as one, or another source seen through renames and rewrites.</summary>
/// <remarks>Safe for concurrent reading. A tensor is valid until the source that gave it is disposed.</remarks>
public interface IWeightSource : IDisposable
{
    /// <summary>What an error message calls this source: a path, as a rule.</summary>
    string Name { get; }

    /// <summary>The names of all tensors, in the source's own order.</summary>
    IReadOnlyCollection<string> Names { get; }

    /// <summary>Finds a tensor.</summary>
    /// <param name="name">Its name, as in the checkpoint.</param>
    /// <returns>The tensor, or null where there is none of that name.</returns>
    WeightTensor? Find(string name);
}
