namespace MultiModal.Diffusion.Schedulers;

/// <summary>Which of the training timesteps a shorter run visits (Lin et al. 2023, table 2).</summary>
public enum TimestepSpacing
{
    /// <summary>Evenly from the last to the first, both included.</summary>
    Linspace,

    /// <summary>Whole multiples of a stride from 0 on, plus an offset: never quite reaches the last one.</summary>
    Leading,

    /// <summary>From the last one down by an even stride: never quite reaches the first one.</summary>
    Trailing,
}
