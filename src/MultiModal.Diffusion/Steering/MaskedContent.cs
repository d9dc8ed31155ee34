namespace MultiModal.Diffusion.Steering;

/// <summary>What stands under the mask before it is drawn anew.</summary>
public enum MaskedContent
{
    /// <summary>The picture itself.</summary>
    Original,

    /// <summary>Colours spread in from around the mask.</summary>
    Fill,

    /// <summary>Noise; go with a strength of 1 or near it.</summary>
    LatentNoise,

    /// <summary>Nothing: latents of 0, which is a flat grey-brown.</summary>
    LatentNothing,
}
