namespace MultiModal.Diffusion.Generation;

/// <summary>One prompt over the steps of a request.</summary>
/// <param name="Weight">How strongly it guides beside others.</param>
/// <param name="Stretches">What it says, and the last step (counted from 1) for which it says that.</param>
sealed record PromptBranch(float Weight, IReadOnlyList<(int LastStep, Conditioning Text)> Stretches)
{
    /// <summary>A prompt that stays the same.</summary>
    public static PromptBranch Constant(Conditioning text) => new(1, [(int.MaxValue, text)]);

    /// <summary>
    /// What it says at a step counted from 0. The stretch up to and including step n holds as A1111 has it: while n steps or fewer are done.
    /// </summary>
    public Conditioning At(int step)
    {
        foreach (var (lastStep, text) in Stretches)
            if (step <= lastStep) return text;
        return Stretches[^1].Text;
    }
}
