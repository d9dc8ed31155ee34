namespace MultiModal.Runtime.Sessions;

/// <summary>The kinds of native objects this library holds.</summary>
public enum NativeHandleKind
{
    /// <summary>A network ready to run.</summary>
    Session,

    /// <summary>A tensor in or for the runtime.</summary>
    Value,

    /// <summary>The inputs and outputs of a run.</summary>
    Binding,

    /// <summary>The settings of a run.</summary>
    RunOptions,

    /// <summary>A block of native memory, or a mapped file.</summary>
    Memory,
}
