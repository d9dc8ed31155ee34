namespace MultiModal.Diffusion.Schedulers;

/// <summary>What the network's output means.</summary>
public enum PredictionType
{
    /// <summary>The noise in the sample.</summary>
    Epsilon,

    /// <summary>The velocity sqrt(a) noise - sqrt(1 - a) image (Salimans and Ho 2022), as in Stable Diffusion 2.1 at 768.</summary>
    VPrediction,

    /// <summary>The image itself.</summary>
    Sample,
}
