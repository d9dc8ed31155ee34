using System.Globalization;
using MultiModal.Runtime.Weights.Pickles;

namespace MultiModal.Runtime.Weights.Torch;

/// <summary>Finds the tensors in what a pickle describes, and names each by the way to it.</summary>
/// <remarks>
/// What a pickle describes may contain itself, or be shared so often that the ways through it are beyond number; depth, steps and the
/// length of all names are therefore limited.
/// </remarks>
sealed class TorchFlattening
{
    const int Deepest = 64;
    const int MostSteps = 1_000_000;
    const int MostCharacters = 16 << 20;

    readonly string file;
    readonly OrderedDictionary<string, WeightTensor> tensors = new(StringComparer.Ordinal);
    readonly HashSet<object> onTheWay = new(ReferenceEqualityComparer.Instance);
    int steps;
    int characters;

    TorchFlattening(string file) => this.file = file;

    public static OrderedDictionary<string, WeightTensor> Flatten(string file, object? root)
    {
        var flattening = new TorchFlattening(file);
        flattening.Visit("", root, 0);
        return flattening.tensors;
    }

    void Visit(string path, object? value, int depth)
    {
        switch (value)
        {
            case StridedTensor tensor:
                Add(path, tensor);
                return;
            case PickleArray { Tensor: StridedTensor tensor }:
                Add(path, tensor);
                return;
            case PickleDictionary or PickleList or PickleObject { IsClass: false }:
                // What lies deeper, or contains itself, has no tensors that anyone could load by name.
                if (depth == Deepest || !onTheWay.Add(value))
                    return;
                foreach (var (name, child) in Children(value))
                {
                    if (++steps > MostSteps)
                        throw new InvalidFileException(file, $"The contents have more than {MostSteps} entries when followed one by one.");
                    if (child is StridedTensor or PickleArray or PickleDictionary or PickleList or PickleObject)
                        Visit(Join(path, name), child, depth + 1);
                }

                onTheWay.Remove(value);
                return;
        }
    }

    static IEnumerable<(string Name, object? Child)> Children(object value)
    {
        switch (value)
        {
            case PickleDictionary dictionary:
                foreach (var (key, child) in dictionary)
                {
                    if (key is string or long)
                        yield return (Convert.ToString(key, CultureInfo.InvariantCulture)!, child);
                }

                break;
            case PickleList list:
                for (var i = 0; i < list.Count; i++)
                    yield return (i.ToString(CultureInfo.InvariantCulture), list.Raw[i]);
                break;
            case PickleObject { State: PickleDictionary state } stub:
                // torch.nn.Module: parameters, then buffers, then submodules, as its state_dict() orders them. TorchScript: attributes.
                if (state.ContainsKey("_modules"))
                {
                    foreach (var part in (string[])["_parameters", "_buffers", "_modules"])
                    {
                        if (state.TryGet<PickleDictionary>(part, out var members))
                        {
                            foreach (var member in Children(members))
                                yield return member;
                        }
                    }
                }
                else if (stub.Module.StartsWith("__torch__", StringComparison.Ordinal))
                {
                    foreach (var member in Children(state))
                        yield return member;
                }

                break;
        }
    }

    void Add(string path, StridedTensor tensor)
    {
        // {"a.b": x, "a": {"b": y}}: one of the two could never be found.
        if (!tensors.TryAdd(path, tensor.Named(path)))
            throw new InvalidFileException(file, "Two tensors have this name.", $"tensor '{path}'");
    }

    string Join(string path, string name)
    {
        var joined = path.Length == 0 ? name : $"{path}.{name}";
        characters += joined.Length;
        return characters <= MostCharacters ? joined : throw new InvalidFileException(file, "The names of the contents are too long.");
    }
}
