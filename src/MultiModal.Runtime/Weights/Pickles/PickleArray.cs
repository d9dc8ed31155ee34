namespace MultiModal.Runtime.Weights.Pickles;

/// <summary>A numpy array as read from a pickle.</summary>
public sealed class PickleArray
{
    internal PickleArray()
    {
    }

    /// <summary>The elements; null when the array holds something other than numbers.</summary>
    public WeightTensor? Tensor { get; internal set; }
}
