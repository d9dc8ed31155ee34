namespace MultiModal.Diffusion.Text.Prompts;

/// <summary>How "when" of a schedule is a step: numbers with a point are shares of the steps, others are steps; in a second pass both count from its beginning.</summary>
readonly record struct ScheduleTimes(int Steps, int StepsBefore)
{
    public int StepOf(string when)
    {
        _ = PromptSyntax.TryNumber(when, out var value);
        var isShare = when.Contains('.', StringComparison.Ordinal);
        var step = isShare ? (value - (StepsBefore > 0 ? 1 : 0)) * Steps : value - StepsBefore;
        return (int)Math.Clamp(Math.Truncate(step), int.MinValue, Steps);
    }
}
