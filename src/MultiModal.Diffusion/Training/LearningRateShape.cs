namespace MultiModal.Diffusion.Training;

/// <summary>How a learning rate goes on after its warm-up.</summary>
public enum LearningRateShape
{
    /// <summary>It stays.</summary>
    Constant,

    /// <summary>Half a cosine, down to the floor at the last step.</summary>
    Cosine,

    /// <summary>A straight line, down to the floor at the last step.</summary>
    Linear,
}
