namespace MultiModal.Pipeline.Composition;

/// <summary>One strand of an item's way: the item itself, or one arm of a fork. A strand is at one place at a time.</summary>
internal sealed class Flow(ItemRun run)
{
    Exception? error;
    string? failedStep;

    public ItemRun Run => run;

    /// <summary>The place in the last limited step, kept until the next one takes the item.</summary>
    public Hold? Held { get; set; }

    public void LetGo()
    {
        var held = Held;
        Held = null;
        held?.Release();
    }

    /// <summary>A strand of a fork: it shares the place that the whole has.</summary>
    public Flow Split() => new(run) { Held = Held };

    /// <summary>Ends the strand's stay wherever it is, and keeps where the error came from: outer steps see the same one later.</summary>
    public void Failed(string? step, Exception thrown)
    {
        LetGo();
        if (!ReferenceEquals(error, thrown))
            (error, failedStep) = (thrown, step);
    }

    public string? StepOf(Exception thrown) => ReferenceEquals(error, thrown) ? failedStep : null;
}
