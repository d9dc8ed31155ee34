using System.Text.Json;
using System.Text.RegularExpressions;
using MultiModal.Runtime;
using MultiModal.Runtime.Weights;

namespace MultiModal.Testing;

/// <summary>One reference case: what case.json says, and the tensors of expected.safetensors.</summary>
public sealed partial class FixtureCase
{
    readonly Lazy<IReadOnlyDictionary<string, TensorData>> tensors;

    FixtureCase(string folder, JsonElement values)
    {
        Folder = folder;
        Values = values;
        Kind = values.GetProperty("kind").GetString()!;
        tensors = new(() => ReadTensors(PathOf("expected.safetensors")));
    }

    /// <summary>The case's folder.</summary>
    public string Folder { get; }

    /// <summary>Its path below the root, for messages.</summary>
    public string Name => Path.GetRelativePath(Fixtures.Root, Folder).Replace('\\', '/');

    /// <summary>What is to be done with it; see the fixtures' README.</summary>
    public string Kind { get; }

    /// <summary>All values of case.json. Infinities and NaN, which Python writes bare, are the strings "Infinity", "-Infinity", "NaN".</summary>
    public JsonElement Values { get; }

    /// <summary>The inputs and expected outputs of expected.safetensors, as stored.</summary>
    public IReadOnlyDictionary<string, TensorData> Tensors => tensors.Value;

    /// <summary>A value of case.json that has to be there.</summary>
    /// <param name="key">Its key.</param>
    public JsonElement this[string key] =>
        Values.TryGetProperty(key, out var value) ? value : throw new KeyNotFoundException($"{Name}/case.json has no '{key}'.");

    /// <summary>Whether case.json has a value (other than null).</summary>
    /// <param name="key">Its key.</param>
    public bool Has(string key) => Values.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>A string of case.json.</summary>
    /// <param name="key">Its key.</param>
    public string Text(string key) => this[key].GetString()!;

    /// <summary>A path relative to the case's folder.</summary>
    /// <param name="relative">The path, with slashes.</param>
    public string PathOf(string relative) => Path.GetFullPath(Path.Combine(Folder, relative));

    /// <summary>The file or folder that a value of case.json names.</summary>
    /// <param name="key">The value's key, such as "model".</param>
    public string PathIn(string key) => PathOf(Text(key));

    /// <summary>The tolerance of one output: its own in "tolerances", else the case's.</summary>
    /// <param name="output">The output's name.</param>
    public double Tolerance(string output) =>
        Has("tolerances") && Values.GetProperty("tolerances").TryGetProperty(output, out var own) ? own.GetDouble() : this["tolerance"].GetDouble();

    /// <summary>Fails unless a computed output equals the expected tensor of that name within its tolerance.</summary>
    /// <param name="output">The output's name.</param>
    /// <param name="actual">What was computed.</param>
    public void Expect(string output, TensorData actual) => Compare.Close(Tensors[output], actual, Tolerance(output), $"{Name}, {output}");

    /// <summary>Fails unless the computed elements equal the expected tensor of that name, whatever its shape.</summary>
    /// <inheritdoc cref="Expect(string, TensorData)"/>
    public void Expect(string output, ReadOnlySpan<float> actual) =>
        Compare.Close(Compare.Widen(Tensors[output]), Compare.Widen(actual), Tolerance(output), $"{Name}, {output}");

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal static FixtureCase Read(string file)
    {
        // Python writes -Infinity and NaN bare, which is no JSON. They become strings, as JsonNumberHandling's named literals.
        var text = StringOrNamedNumber().Replace(File.ReadAllText(file), match => match.Value[0] == '"' ? match.Value : $"\"{match.Value}\"");
        using var document = JsonDocument.Parse(text);
        return new(Path.GetDirectoryName(file)!, document.RootElement.Clone());
    }

    [GeneratedRegex("\"(?:\\\\.|[^\"\\\\])*\"|-?Infinity|NaN")]
    private static partial Regex StringOrNamedNumber();

    static Dictionary<string, TensorData> ReadTensors(string path)
    {
        using var file = SafetensorsFile.Open(path);
        return file.Names.ToDictionary(name => name, name => file.Find(name)!.ToTensorData(), StringComparer.Ordinal);
    }
}
