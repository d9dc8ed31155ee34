using MultiModal.Runtime.Graphs;

namespace MultiModal.Voice.Synthesis;

/// <summary>A signal cut along time into overlapping parts of one length, side by side in the batch, and joined again.</summary>
/// <param name="plan">How many parts, and by how much they overlap.</param>
/// <param name="batch">Signals.</param>
/// <param name="length">Their length where they are cut.</param>
sealed class SignalParts(GeneratorPlan plan, Dim batch, Dim length)
{
    readonly Dim own = length / plan.Parts;

    /// <summary>[batch, channels, 1, length * scale] to [parts * batch, channels, 1, part * scale].</summary>
    public Tensor Split(Tensor x, int scale) => Ops.Concat(0, [.. Enumerable.Range(0, plan.Parts).Select(i =>
    {
        var start = Start(i);
        return Ops.Slice(x, 3, start * scale, (start + own + (2 * plan.Margin)) * scale);
    })]);

    /// <summary>[parts * batch, channels, 1, part * scale] to [batch, channels, 1, length * scale].</summary>
    public Tensor Join(Tensor x, int scale) => Ops.Concat(3, [.. Enumerable.Range(0, plan.Parts).Select(i =>
    {
        // The first part begins and the last ends with the signal, so that their margins lie on the other side.
        var before = i == 0 ? 0 : i == plan.Parts - 1 ? 2 * plan.Margin : plan.Margin;
        return Ops.Slice(Ops.Slice(x, 0, batch * i, batch * (i + 1)), 3, before * scale, (own + before) * scale);
    })]);

    Dim Start(int part) => part == 0 ? 0 : part == plan.Parts - 1 ? length - own - (2 * plan.Margin) : (own * part) - plan.Margin;
}
