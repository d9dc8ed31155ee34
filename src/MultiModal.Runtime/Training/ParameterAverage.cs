using System.Numerics.Tensors;
using MultiModal.Runtime.Training.Checkpoints;
using MultiModal.Runtime.Training.Optimizers;
using MultiModal.Runtime.Weights;

namespace MultiModal.Runtime.Training;

/// <summary>The exponential moving average of parameters, whose results are better than those of the last step alone (Polyak and Juditsky 1992).</summary>
public sealed class ParameterAverage : ITrainingState
{
    readonly IReadOnlyList<TrainableParameter> parameters;
    readonly TensorData[] averages;
    long updates;

    /// <summary>Begins with the present values.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="decay">How much of the average is kept at each update, 0 to 1; 0.999 suits some thousand steps.</param>
    /// <param name="warmUp">Whether early updates keep less, (1 + n) / (10 + n), so that the first values are soon forgotten.</param>
    public ParameterAverage(IEnumerable<TrainableParameter> parameters, double decay = 0.999, bool warmUp = true)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (decay is not (>= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(decay), decay, "What is kept lies between 0 and 1.");
        this.parameters = [.. parameters];
        (Decay, WarmUp) = (decay, warmUp);
        averages = [.. this.parameters.Select(p => TensorData.Of(p.Value.Floats.ToArray(), [.. p.Value.Dimensions]))];
    }

    /// <summary>How much of the average is kept at each update.</summary>
    public double Decay { get; }

    /// <summary>Whether early updates keep less.</summary>
    public bool WarmUp { get; }

    /// <summary>Takes the present values in. To be called after each step of the optimiser.</summary>
    public void Update()
    {
        var kept = WarmUp ? Math.Min(Decay, (1.0 + updates) / (10.0 + updates)) : Decay;
        updates++;
        for (var i = 0; i < averages.Length; i++)
        {
            var (average, value) = (averages[i], parameters[i].Value);
            Chunks.ForEach(average.Length, (start, count) =>
            {
                var own = average.Floats.Slice(start, count);
                TensorPrimitives.Lerp(own, value.Floats.Slice(start, count), (float)(1 - kept), own);
            });
        }
    }

    /// <summary>The averages as weights, by the parameters' names. They are read where they are, not copied.</summary>
    /// <param name="name">What errors call them.</param>
    public MemoryWeights AsWeights(string name = "the averaged parameters") => new(parameters.Select((p, i) => KeyValuePair.Create(p.Name, averages[i])), name);

    /// <summary>Exchanges averages and parameters: between two calls sessions run with the averages. Not to be left so when training goes on.</summary>
    public void Exchange()
    {
        for (var i = 0; i < averages.Length; i++)
        {
            var (average, value) = (averages[i], parameters[i].Value);
            Chunks.ForEach(average.Length, (start, count) =>
            {
                var (a, b) = (average.Floats.Slice(start, count).ToArray(), value.Floats.Slice(start, count).ToArray());
                a.CopyTo(value.Floats[start..]);
                b.CopyTo(average.Floats[start..]);
            });
        }
    }

    /// <inheritdoc/>
    public void SaveState(StateWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write("updates", updates);
        for (var i = 0; i < averages.Length; i++) writer.Write(parameters[i].Name, averages[i]);
    }

    /// <inheritdoc/>
    public void LoadState(StateReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        updates = reader.ReadInteger("updates");
        for (var i = 0; i < averages.Length; i++) reader.Read(parameters[i].Name, averages[i]);
    }
}
