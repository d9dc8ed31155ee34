using System.Globalization;
using MultiModal.Runtime.Weights;

namespace MultiModal.Runtime.Training.Checkpoints;

/// <summary>All that a training consists of between two steps. Saved and loaded, it goes on as if it had never been interrupted, to the last bit.</summary>
public sealed class TrainingState
{
    const string StepKey = "step", FormatKey = "format", Format = "multimodal-training-1";

    readonly OrderedDictionary<string, ITrainingState> parts = new(StringComparer.Ordinal);

    /// <summary>How many steps have been done.</summary>
    public long Step { get; set; }

    /// <summary>Adds a part.</summary>
    /// <param name="name">Its name in checkpoints, without slashes.</param>
    /// <param name="part">The part.</param>
    /// <exception cref="ArgumentException">The name is taken, empty, or has a slash.</exception>
    public TrainingState Add(string name, ITrainingState part)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(part);
        if (name.Contains('/', StringComparison.Ordinal) || !parts.TryAdd(name, part)) throw new ArgumentException($"'{name}' is taken, or has a slash.", nameof(name));
        return this;
    }

    /// <summary>Adds a part that is known by its bytes, such as a random generator.</summary>
    /// <param name="name">Its name in checkpoints.</param>
    /// <param name="save">Gives its bytes.</param>
    /// <param name="load">Takes them.</param>
    public TrainingState Add(string name, Func<byte[]> save, Action<byte[]> load)
    {
        ArgumentNullException.ThrowIfNull(save);
        ArgumentNullException.ThrowIfNull(load);
        return Add(name, new Bytes(save, load));
    }

    /// <summary>Writes a checkpoint (.safetensors). An existing file is replaced, and only when the new one is whole and on the disk.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Save(string path)
    {
        var tensors = new List<KeyValuePair<string, TensorData>>();
        foreach (var (name, part) in parts) part.SaveState(new(tensors, name + "/"));
        SafetensorsWriter.Write(path, tensors, new Dictionary<string, string>
        {
            [FormatKey] = Format,
            [StepKey] = Step.ToString(CultureInfo.InvariantCulture),
        });
    }

    /// <summary>Becomes what a checkpoint holds. After an error this state is of no use.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidFileException">It is no checkpoint, or that of a training of other parts.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public void Load(string path)
    {
        using var file = SafetensorsFile.Open(path);
        if (file.Metadata.GetValueOrDefault(FormatKey) != Format
            || !long.TryParse(file.Metadata.GetValueOrDefault(StepKey), NumberStyles.None, CultureInfo.InvariantCulture, out var step))
            throw new InvalidFileException(path, "it is no checkpoint of a training.");
        var read = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, part) in parts) part.LoadState(new(file, read, name + "/"));
        if (file.Names.FirstOrDefault(name => !read.Contains(name)) is { } surplus)
            throw new InvalidFileException(path, $"it holds '{surplus}', which this training has no use for: it is the checkpoint of another training.");
        Step = step;
    }

    sealed class Bytes(Func<byte[]> save, Action<byte[]> load) : ITrainingState
    {
        public void SaveState(StateWriter writer) => writer.Write("bytes", save());

        public void LoadState(StateReader reader) => load(reader.ReadBytes("bytes"));
    }
}
