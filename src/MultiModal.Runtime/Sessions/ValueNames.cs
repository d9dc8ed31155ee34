using MultiModal.Runtime.Graphs.Onnx;

namespace MultiModal.Runtime.Sessions;

/// <summary>Finds a model's inputs or outputs by name.</summary>
sealed class ValueNames(IReadOnlyList<OnnxValue> values)
{
    readonly Dictionary<string, int> indices = values.Select((value, index) => (value.Name, index)).ToDictionary(pair => pair.Name, pair => pair.index, StringComparer.Ordinal);

    public int? Find(string name) => indices.TryGetValue(name, out var index) ? index : null;

    /// <exception cref="ModelInputException">There is none of that name.</exception>
    public int IndexOf(string name, string model, string kind)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Find(name) ?? throw new ModelInputException(model, [InputCheck.Unknown(kind, name, values)]);
    }
}
