using System.Globalization;
using MultiModal.Runtime;
using MultiModal.Runtime.Training;
using MultiModal.Runtime.Weights;

namespace MultiModal.Voice.Training;

/// <summary>
/// The files G_step.pth and D_step.pth: {'model', 'iteration' (an epoch), 'optimizer', 'learning_rate'}, as the original writes and reads them. Each
/// takes its name only when it is whole, and the discriminator's is written first: a generator's file means that the pair is there.
/// </summary>
static class TrainingCheckpoints
{
    public static string Generator(string folder, long step) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"G_{step}.pth"));

    public static string Discriminator(string folder, long step) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"D_{step}.pth"));

    /// <summary>The steps of the generators in a folder, in order.</summary>
    public static IReadOnlyList<long> Steps(string folder) => !Directory.Exists(folder) ? [] :
    [
        .. Directory.EnumerateFiles(folder, "G_*.pth").Select(f => Path.GetFileNameWithoutExtension(f)[2..])
            .Where(n => long.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out _)).Select(n => long.Parse(n, CultureInfo.InvariantCulture)).Order(),
    ];

    /// <summary>Writes a network's file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="parameters">All of its parameters.</param>
    /// <param name="moments">A parameter's running means of gradients and of their squares, flat; null for one that is not trained.</param>
    /// <param name="steps">How often the optimiser has moved.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="learningRate">The learning rate now.</param>
    /// <param name="config">The learning rate at the beginning and the optimiser's coefficients.</param>
    public static void Write(
        string path, IEnumerable<TrainableParameter> parameters, Func<string, (TensorData Mean, TensorData Square)?> moments, long steps, long epoch, double learningRate,
        VoiceTrainingConfig config)
    {
        var ordered = parameters.OrderBy(p => p.Name, ParameterOrder.Instance).ToList();
        var model = new OrderedDictionary<string, object>(StringComparer.Ordinal);
        foreach (var parameter in ordered) model.Add(parameter.Name, parameter.Value);
        var state = new OrderedDictionary<long, object>();
        for (var i = 0; i < ordered.Count; i++)
        {
            if (moments(ordered[i].Name) is not { } found) continue;
            long[] shape = [.. ordered[i].Value.Dimensions];
            state.Add(i, new Dictionary<string, object?>
            {
                ["step"] = TensorData.Scalar((float)steps),
                ["exp_avg"] = TensorData.OfBytes(DType.Float32, found.Mean.Bytes.ToArray(), shape),
                ["exp_avg_sq"] = TensorData.OfBytes(DType.Float32, found.Square.Bytes.ToArray(), shape),
            });
        }

        var group = new Dictionary<string, object?>
        {
            ["lr"] = learningRate, ["betas"] = new List<object?> { config.Beta1, config.Beta2 }, ["eps"] = config.Epsilon, ["weight_decay"] = 0.01, ["amsgrad"] = false,
            ["foreach"] = null, ["maximize"] = false, ["capturable"] = false, ["initial_lr"] = config.LearningRate,
            ["params"] = Enumerable.Range(0, ordered.Count).Select(i => (object?)(long)i).ToList(),
        };
        TorchWriter.Write(path, new Dictionary<string, object?>
        {
            ["model"] = model,
            ["iteration"] = epoch,
            ["optimizer"] = new Dictionary<string, object?> { ["state"] = state, ["param_groups"] = new List<object?> { group } },
            ["learning_rate"] = config.LearningRate,
        });
    }

    /// <summary>Deletes all but the newest pairs; base models (step 0) stay.</summary>
    public static void Prune(string folder, int keep)
    {
        if (keep == 0) return;
        foreach (var step in Steps(folder).Where(s => s > 0).SkipLast(keep))
        {
            File.Delete(Generator(folder, step));
            File.Delete(Discriminator(folder, step));
        }
    }
}
