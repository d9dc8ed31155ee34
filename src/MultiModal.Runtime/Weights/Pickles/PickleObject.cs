namespace MultiModal.Runtime.Weights.Pickles;

/// <summary>
/// A Python object or class of a kind this reader does not build: what the file says of it, as plain data. Nothing of it was or can be run.
/// </summary>
public sealed class PickleObject
{
    internal PickleObject(string module, string name)
    {
        Module = module;
        Name = name;
    }

    /// <summary>The module of the class or function, such as "omegaconf.dictconfig".</summary>
    public string Module { get; }

    /// <summary>The name of the class or function in the module, such as "DictConfig".</summary>
    public string Name { get; }

    /// <summary>Whether this is the class or function itself rather than something made with it.</summary>
    public bool IsClass { get; internal init; }

    /// <summary>What it was to be made with: a <see cref="PickleList"/> as a rule, null for a class.</summary>
    public object? Arguments { get; internal init; }

    /// <summary>The state that was to be set on it, often a <see cref="PickleDictionary"/> of its attributes; null where there was none.</summary>
    public object? State { get; internal set; }

    /// <summary>The items that were to be appended, when it was a kind of list; null where there were none.</summary>
    public PickleList? Items { get; internal set; }

    /// <summary>The entries that were to be set, when it was a kind of dict; null where there were none.</summary>
    public PickleDictionary? Entries { get; internal set; }

    /// <summary>The full name of the class or function.</summary>
    public override string ToString() => $"{Module}.{Name}";
}
