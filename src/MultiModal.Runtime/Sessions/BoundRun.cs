using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MultiModal.Runtime.Graphs.Onnx;

namespace MultiModal.Runtime.Sessions;

/// <summary>The inputs and outputs of one run at a time, with the session's weights bound for good. Not for concurrent use.</summary>
sealed class BoundRun : IDisposable
{
    readonly SessionCore core;
    readonly OrtIoBinding binding;
    readonly TensorSlot[] inputs;
    readonly TensorSlot[] outputs;
    readonly TensorData?[] given;
    readonly TensorData?[] destinations;
    readonly TensorData?[] results;
    readonly Dictionary<string, (long Length, string Input)> symbols = new(StringComparer.Ordinal);
    bool changed = true;

    public BoundRun(SessionCore core)
    {
        this.core = core;
        binding = core.Session.CreateIoBinding();
        LiveHandles.Opened(NativeHandleKind.Binding);
        inputs = [.. core.Model.Inputs.Select(_ => new TensorSlot())];
        outputs = [.. core.Model.Outputs.Select(_ => new TensorSlot())];
        given = new TensorData?[inputs.Length];
        destinations = new TensorData?[outputs.Length];
        results = new TensorData?[outputs.Length];
        if (core.Weights is { } weights)
        {
            for (var i = 0; i < weights.Values.Count; i++)
                binding.BindInput(weights.Weights[i].Name, weights.Values[i]);
        }
    }

    /// <summary>What the last run gave, in the order of the model's outputs.</summary>
    public ReadOnlySpan<TensorData?> Results => results;

    public void SetInput(int index, TensorData tensor)
    {
        changed |= !ReferenceEquals(given[index], tensor);
        given[index] = tensor;
    }

    public void SetOutput(int index, TensorData? tensor)
    {
        changed |= !ReferenceEquals(destinations[index], tensor);
        destinations[index] = tensor;
    }

    /// <summary>Runs. The caller holds the session's lifetime.</summary>
    public void Run(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (changed)
            Bind();
        var begun = RuntimeTelemetry.Begin();
        core.Execute(binding, cancellationToken);
        RuntimeTelemetry.Ran(core.Name, begun);
        Collect();
    }

    /// <summary>Lets go of the caller's tensors, so that a pooled run neither pins nor keeps them.</summary>
    public void Clear()
    {
        binding.ClearBoundOutputs();
        foreach (var slot in inputs)
            slot.Dispose();
        foreach (var slot in outputs)
            slot.Dispose();
        Array.Clear(given);
        Array.Clear(destinations);
        Array.Clear(results);
        changed = true;
    }

    public void Dispose()
    {
        foreach (var slot in inputs)
            slot.Dispose();
        foreach (var slot in outputs)
            slot.Dispose();
        binding.Dispose();
        LiveHandles.Closed(NativeHandleKind.Binding);
    }

    void Bind()
    {
        symbols.Clear();
        InputCheck.Check(core.Name, core.Model.Inputs, given, core.Model.Outputs, destinations, symbols);
        for (var i = 0; i < inputs.Length; i++)
        {
            if (inputs[i].Put(given[i]!))
                binding.BindInput(core.Model.Inputs[i].Name, inputs[i].Value!);
        }

        binding.ClearBoundOutputs();
        for (var i = 0; i < outputs.Length; i++)
        {
            var output = core.Model.Outputs[i];
            var tensor = destinations[i] ?? MakeOutput(output);
            if (tensor is null)
            {
                // Only the run knows how long the output is: the runtime makes it, and it is copied once.
                outputs[i].Dispose();
                binding.BindOutputToDevice(output.Name, OrtMemoryInfo.DefaultInstance);
            }
            else
            {
                outputs[i].Put(tensor);
                binding.BindOutput(output.Name, outputs[i].Value!);
            }
        }

        changed = false;
    }

    TensorData? MakeOutput(OnnxValue output) =>
        InputCheck.Resolve(output, symbols) is { } lengths && TensorData.ElementCount(lengths) * output.Type.Size() <= Array.MaxLength
            ? TensorData.Zeros(output.Type, lengths)
            : null;

    void Collect()
    {
        var copies = false;
        for (var i = 0; i < outputs.Length; i++)
        {
            results[i] = outputs[i].Tensor;
            copies |= results[i] is null;
        }

        if (!copies)
            return;
        // The binding keeps what the runtime made, and would want the next output to be as long.
        changed = true;
        using var values = binding.GetOutputValues();
        for (var i = 0; i < outputs.Length; i++)
        {
            if (results[i] is null)
                results[i] = Copy(core.Model.Outputs[i], values[i]);
        }
    }

    static TensorData Copy(OnnxValue output, OrtValue value)
    {
        var info = value.GetTensorTypeAndShape();
        if (info.ElementDataType != (TensorElementType)output.Type)
            throw new ModelRunException($"The output {output} came as {info.ElementDataType}.");
        var tensor = TensorData.Zeros(output.Type, info.Shape);
        if (tensor.Length > 0)
            value.GetTensorMutableRawData().CopyTo(tensor.Bytes);
        return tensor;
    }
}
