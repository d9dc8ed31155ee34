namespace MultiModal.Diffusion.Generation;

/// <summary>All that guides a request.</summary>
/// <param name="Positives">Prompts to follow; several where the request joins them with AND.</param>
/// <param name="Negative">The prompt to lead away from; null without guidance.</param>
sealed record PromptPlan(IReadOnlyList<PromptBranch> Positives, PromptBranch? Negative)
{
    public static PromptPlan Constant(Conditioning positive, Conditioning? negative) =>
        new([PromptBranch.Constant(positive)], negative is null ? null : PromptBranch.Constant(negative));
}
