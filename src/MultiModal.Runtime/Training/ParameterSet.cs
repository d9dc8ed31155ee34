using System.Collections;
using System.Diagnostics.CodeAnalysis;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Training.Checkpoints;
using MultiModal.Runtime.Weights;

namespace MultiModal.Runtime.Training;

/// <summary>Parameters being trained, by name, in the order added. Sessions and optimisers share them: one holds the values for all.</summary>
public sealed class ParameterSet : IReadOnlyList<TrainableParameter>, ITrainingState
{
    readonly OrderedDictionary<string, TrainableParameter> parameters = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public int Count => parameters.Count;

    /// <summary>How many numbers are trained.</summary>
    public long ElementCount => parameters.Values.Sum(p => (long)p.Value.Length);

    /// <inheritdoc/>
    public TrainableParameter this[int index] => parameters.GetAt(index).Value;

    /// <summary>A parameter by name.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public TrainableParameter this[string name] => parameters[name];

    /// <summary>Adds a parameter.</summary>
    /// <param name="name">Its name in the graph.</param>
    /// <param name="value">Its first value, float32, which becomes the master copy: it is changed in place.</param>
    /// <exception cref="ArgumentException">The name is taken, or the value is not float32.</exception>
    public TrainableParameter Add(string name, TensorData value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        if (value.Type != DType.Float32) throw new ArgumentException($"Parameters are trained in float32; '{name}' is {value}.", nameof(value));
        var parameter = new TrainableParameter(name, value);
        return parameters.TryAdd(name, parameter) ? parameter : throw new ArgumentException($"There is a parameter '{name}' already.", nameof(name));
    }

    /// <summary>Adds parameters of a graph with copies of the values that a checkpoint has, widened to float32.</summary>
    /// <param name="tensors">The graph's parameters.</param>
    /// <param name="weights">The checkpoint.</param>
    /// <exception cref="WeightMismatchException">A parameter is missing there or has another shape. More may be there.</exception>
    /// <exception cref="ArgumentException">A name is taken, or a tensor is no parameter.</exception>
    public void Add(IEnumerable<Tensor> tensors, IWeightSource weights)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(weights);
        var wanted = tensors.ToList();
        if (wanted.Find(t => t.Node.Op != Node.ParameterOp) is { } other) throw new ArgumentException($"{other} is no parameter.", nameof(tensors));
        WeightMatching.Check(weights, wanted.Select(p => (p.Name!, (IReadOnlyList<long>)p.Shape.ToLongs())), "{all*}");
        foreach (var tensor in wanted) Add(tensor.Name!, weights.Find(tensor.Name!)!.ToFloat32());
    }

    /// <summary>Finds a parameter.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="parameter">The parameter, where there is one.</param>
    public bool TryGet(string name, [NotNullWhen(true)] out TrainableParameter? parameter) => parameters.TryGetValue(name, out parameter);

    /// <summary>The values as weights, for sessions and writers of checkpoints. They are read where they are, not copied.</summary>
    /// <param name="name">What errors call them.</param>
    public MemoryWeights AsWeights(string name = "the trained parameters") =>
        new(parameters.Values.Select(p => KeyValuePair.Create(p.Name, p.Value)), name);

    /// <inheritdoc/>
    public void SaveState(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        foreach (var parameter in this) writer.Write(parameter.Name, parameter.Value);
    }

    /// <inheritdoc/>
    public void LoadState(StateReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        foreach (var parameter in this) reader.Read(parameter.Name, parameter.Value);
    }

    /// <inheritdoc/>
    public IEnumerator<TrainableParameter> GetEnumerator() => parameters.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
