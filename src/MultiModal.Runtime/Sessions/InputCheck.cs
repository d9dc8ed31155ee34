using MultiModal.Runtime.Graphs.Onnx;

namespace MultiModal.Runtime.Sessions;

/// <summary>Compares tensors with a model's description before native code sees them, and says all that is wrong at once.</summary>
static class InputCheck
{
    /// <summary>Checks inputs and the outputs that are given to be filled.</summary>
    /// <param name="model">What errors call the model.</param>
    /// <param name="described">The model's inputs.</param>
    /// <param name="given">A tensor for each, or null where there is none.</param>
    /// <param name="outputs">The model's outputs.</param>
    /// <param name="destinations">A tensor to fill for each, or null where the run makes one.</param>
    /// <param name="symbols">Takes the lengths that the inputs give to named axes.</param>
    /// <exception cref="ModelInputException">Something does not fit.</exception>
    public static void Check(
        string model,
        IReadOnlyList<OnnxValue> described,
        ReadOnlySpan<TensorData?> given,
        IReadOnlyList<OnnxValue> outputs,
        ReadOnlySpan<TensorData?> destinations,
        Dictionary<string, (long Length, string Input)> symbols)
    {
        List<string>? problems = null;
        for (var i = 0; i < described.Count; i++)
        {
            if (given[i] is { } tensor)
                Check(described[i], tensor, "input", symbols, learn: true, ref problems);
            else
                (problems ??= []).Add($"The input {described[i]} is missing.");
        }

        for (var i = 0; i < outputs.Count; i++)
        {
            if (destinations[i] is { } tensor)
                Check(outputs[i], tensor, "output", symbols, learn: false, ref problems);
        }

        if (problems is not null)
            throw new ModelInputException(model, problems);
    }

    /// <summary>The lengths of an output's axes, or null when a name among them is not known from the inputs.</summary>
    public static long[]? Resolve(OnnxValue output, Dictionary<string, (long Length, string Input)> symbols)
    {
        var lengths = new long[output.Dimensions.Count];
        for (var axis = 0; axis < lengths.Length; axis++)
        {
            var dimension = output.Dimensions[axis];
            if (dimension.Symbol is null)
                lengths[axis] = dimension.Length;
            else if (symbols.TryGetValue(dimension.Symbol, out var known))
                lengths[axis] = known.Length;
            else
                return null;
        }

        return lengths;
    }

    /// <summary>The problem with names that the model does not have.</summary>
    public static string Unknown(string kind, string name, IReadOnlyList<OnnxValue> described) =>
        $"There is no {kind} {name}; the {kind}s are {string.Join(", ", described.Select(value => value.Name))}.";

    static void Check(
        OnnxValue described,
        TensorData tensor,
        string kind,
        Dictionary<string, (long Length, string Input)> symbols,
        bool learn,
        ref List<string>? problems)
    {
        if (tensor.Type != described.Type)
            (problems ??= []).Add($"The {kind} {described} was given as {tensor.Type}.");
        if (tensor.Dimensions.Count != described.Dimensions.Count)
        {
            (problems ??= []).Add($"The {kind} {described} has {described.Dimensions.Count} axes, but was given as {tensor}.");
            return;
        }

        for (var axis = 0; axis < tensor.Dimensions.Count; axis++)
        {
            var (dimension, length) = (described.Dimensions[axis], tensor.Dimensions[axis]);
            if (dimension.Symbol is not { } symbol)
            {
                if (length != dimension.Length)
                    (problems ??= []).Add($"Axis {axis} of the {kind} {described} was given as {length}.");
            }
            else if (symbols.TryGetValue(symbol, out var known))
            {
                if (length != known.Length)
                    (problems ??= []).Add($"Axis {axis} ({symbol}) of the {kind} {described} is {length}, but {known.Input} has it as {known.Length}.");
            }
            else if (learn)
            {
                symbols.Add(symbol, (length, described.Name));
            }
        }
    }
}
