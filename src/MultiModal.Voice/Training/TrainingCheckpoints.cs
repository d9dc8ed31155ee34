using System.Globalization;
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
    public static void Write(
        string path, IEnumerable<TrainableParameter> parameters, long epoch, object? optimizer, double learningRate, CancellationToken cancellationToken = default)
    {
        var model = new OrderedDictionary<string, object>(StringComparer.Ordinal);
        foreach (var parameter in parameters) model.Add(parameter.Name, parameter.Value);
        TorchWriter.Write(path, new Dictionary<string, object?> { ["model"] = model, ["iteration"] = epoch, ["optimizer"] = optimizer, ["learning_rate"] = learningRate }, cancellationToken);
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
