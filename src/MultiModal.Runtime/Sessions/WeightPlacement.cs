namespace MultiModal.Runtime.Sessions;

/// <summary>Whose memory the large weights of a network live in. docs/runtime-memory.md has the numbers.</summary>
public enum WeightPlacement
{
    /// <summary>
    /// <see cref="Shared"/> on the processor for networks whose weights take more than <see cref="RuntimeOptions.SharedWeightBytes"/>,
    /// <see cref="Constant"/> otherwise.
    /// </summary>
    Auto,

    /// <summary>
    /// The weights become constants of the model. The runtime may reorder them for its kernels, which is fastest for small
    /// networks; while it does, it holds up to three copies.
    /// </summary>
    Constant,

    /// <summary>
    /// The weights stay in one block of this library's (or in the mapped file, when stored in the type computed with) and are lent
    /// to each run: one copy, loaded in parallel and touched before the first run. The runtime never sees them as constants,
    /// so it does not fold or reorder them.
    /// </summary>
    Shared,
}
