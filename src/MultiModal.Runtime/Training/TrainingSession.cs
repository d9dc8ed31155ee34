using System.Numerics.Tensors;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Graphs.Onnx;
using MultiModal.Runtime.Graphs.Passes;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Weights;
using Tensor = MultiModal.Runtime.Graphs.Tensor;

namespace MultiModal.Runtime.Training;

/// <summary>
/// A graph with its losses and their gradients, compiled into one network: a run computes the losses, the other outputs and the gradients of
/// the parameters, which stay outside of the network so that changing them needs no recompilation.
/// </summary>
/// <remarks>
/// One run at a time. Several sessions may share parameters: a generator's set may be trained by one and only read by another. All buffers are
/// made once; a run with the same input tensors allocates nothing.
/// </remarks>
public sealed class TrainingSession : IDisposable, IAsyncDisposable
{
    readonly NetworkSession session;
    readonly IReadOnlyList<TrainingLoss> losses;
    readonly TrainableParameter[] trained;
    readonly TensorData?[] scratch;
    readonly SessionBinding overwriting;
    readonly IReadOnlyList<TrainableParameter> lent;
    SessionBinding? accumulating;
    SessionBinding? last;

    TrainingSession(NetworkSession session, IReadOnlyList<TrainingLoss> losses, TrainableParameter[] trained, IReadOnlyList<TrainableParameter> lent)
    {
        (this.session, this.losses, this.trained, this.lent) = (session, losses, trained, lent);
        scratch = new TensorData?[trained.Length];
        overwriting = Bind((_, parameter) => parameter.Gradient);
    }

    /// <summary>The compiled network, for its inputs, outputs and description.</summary>
    public NetworkSession Network => session;

    /// <summary>The parameters that the losses train.</summary>
    public IReadOnlyList<TrainableParameter> Trained => trained;

    /// <summary>Appends the gradients to a graph and compiles it. The graph can be used no more for another session.</summary>
    /// <param name="graph">The graph as the layers wrote it. Outputs declared on it are given by every run.</param>
    /// <param name="losses">The losses. Where two train the same parameter, their gradients add up.</param>
    /// <param name="weights">The values of all parameters that are in no set: frozen, part of the network. Null where there are none.</param>
    /// <param name="shared">Sets whose parameters the graph reads without training them here.</param>
    /// <param name="options">Where and how to run; null for the defaults.</param>
    /// <param name="passes">The passes that rewrite the graph; null for those that pay for training.</param>
    /// <param name="name">What errors should call the network; null for "The training step".</param>
    /// <param name="cancellationToken">Stops the loading.</param>
    /// <exception cref="GraphException">A loss is not one number, or does not depend on a parameter it is to train.</exception>
    /// <exception cref="ArgumentException">A loss trains a parameter that the graph does not have, or has with another shape.</exception>
    /// <exception cref="WeightMismatchException">A frozen parameter is missing or has another shape.</exception>
    /// <inheritdoc cref="NetworkSession.CreateAsync" path="/exception"/>
    public static async Task<TrainingSession> CreateAsync(
        Graph graph,
        IReadOnlyList<TrainingLoss> losses,
        IWeightSource? weights = null,
        IReadOnlyList<ParameterSet>? shared = null,
        RuntimeOptions? options = null,
        IReadOnlyList<IGraphPass>? passes = null,
        string? name = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(losses);
        var trained = AppendGradients(graph, losses);
        var known = new Dictionary<string, TrainableParameter>(StringComparer.Ordinal);
        foreach (var parameter in losses.SelectMany(l => l.Trains).Concat((shared ?? []).SelectMany(s => s)))
            if (!known.TryAdd(parameter.Name, parameter) && known[parameter.Name] != parameter)
                throw new ArgumentException($"Two sets have a parameter '{parameter.Name}'.", nameof(shared));
        var optimised = await Task.Run(() => ParametersAsInputs.Apply(graph.Optimise(passes ?? TrainingPasses.Default), known.Keys), cancellationToken).ConfigureAwait(false);
        var model = OnnxWriter.Write(optimised, weights);
        var session = await NetworkSession.CreateAsync(model, options, name ?? "The training step", cancellationToken: cancellationToken).ConfigureAwait(false);
        try
        {
            var names = session.Inputs.Select(i => i.Name).ToHashSet(StringComparer.Ordinal);
            return new(session, losses, trained, [.. known.Values.Where(p => names.Contains(p.Name))]);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Runs the network: afterwards the parameters trained have their gradients, and the losses and outputs can be read.</summary>
    /// <param name="given">A tensor for each of the graph's inputs. Their contents may change from run to run.</param>
    /// <param name="accumulate">Whether the gradients are added to those the parameters have; otherwise they replace them.</param>
    /// <param name="cancellationToken">Stops the run at the next operator; the gradients are then of no use.</param>
    /// <inheritdoc cref="NetworkSession.Run" path="/exception"/>
    public void Run(IReadOnlyDictionary<string, TensorData> given, bool accumulate = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(given);
        var binding = overwriting;
        if (accumulate)
        {
            binding = accumulating ??= Bind((i, parameter) => scratch[i] = TensorData.Zeros(DType.Float32, [.. parameter.Value.Dimensions]));
        }

        foreach (var (name, tensor) in given) binding.SetInput(name, tensor);
        binding.Run(cancellationToken);
        last = binding;
        if (!accumulate) return;
        Parallel.For(0, trained.Length, i =>
        {
            var sum = trained[i].Gradient.Floats;
            TensorPrimitives.Add(sum, scratch[i]!.Floats, sum);
        });
    }

    /// <summary>Runs the network on a thread of the pool.</summary>
    /// <inheritdoc cref="Run" path="/param"/>
    /// <inheritdoc cref="Run" path="/exception"/>
    public Task RunAsync(IReadOnlyDictionary<string, TensorData> given, bool accumulate = false, CancellationToken cancellationToken = default) =>
        Task.Run(() => Run(given, accumulate, cancellationToken), cancellationToken);

    /// <summary>A loss of the last run.</summary>
    /// <param name="name">The loss's name.</param>
    public float Loss(string name) => Output(name).Floats[0];

    /// <summary>An output of the last run: one declared on the graph, or a loss. The next run writes over it.</summary>
    /// <param name="name">The output's name.</param>
    /// <exception cref="InvalidOperationException">Nothing has been run.</exception>
    public TensorData Output(string name) => (last ?? throw new InvalidOperationException($"{session.Name} has not been run.")).Output(name);

    /// <inheritdoc/>
    public void Dispose()
    {
        overwriting.Dispose();
        accumulating?.Dispose();
        session.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        overwriting.Dispose();
        accumulating?.Dispose();
        await session.DisposeAsync().ConfigureAwait(false);
    }

    static string GradientName(string parameter) => $"gradient of {parameter}";

    static TrainableParameter[] AppendGradients(Graph graph, IReadOnlyList<TrainingLoss> losses)
    {
        var sums = new OrderedDictionary<TrainableParameter, Tensor>();
        foreach (var loss in losses)
        {
            graph.Output(loss.Name, loss.Value);
            var tensors = loss.Trains.Select(p => Declared(graph, p)).ToList();
            var gradients = Gradients.Of(loss.Value, tensors, loss.Recompute);
            for (var i = 0; i < tensors.Count; i++)
                sums[loss.Trains[i]] = sums.TryGetValue(loss.Trains[i], out var sum) ? sum + gradients[i] : gradients[i];
        }

        foreach (var (parameter, gradient) in sums) graph.Output(GradientName(parameter.Name), gradient);
        return [.. sums.Keys];
    }

    static Tensor Declared(Graph graph, TrainableParameter parameter)
    {
        if (!graph.Parameters.TryGetValue(parameter.Name, out var tensor)) throw new ArgumentException($"The graph has no parameter '{parameter.Name}'.");
        return tensor.Shape.ToLongs().AsSpan().SequenceEqual([.. parameter.Value.Dimensions]) ? tensor
            : throw new ArgumentException($"The graph declares {tensor}, the set has {parameter}.");
    }

    SessionBinding Bind(Func<int, TrainableParameter, TensorData> gradient)
    {
        var binding = session.CreateBinding();
        foreach (var parameter in lent) binding.SetInput(parameter.Name, parameter.Value);
        for (var i = 0; i < trained.Length; i++) binding.SetOutput(GradientName(trained[i].Name), gradient(i, trained[i]));
        return binding;
    }
}
