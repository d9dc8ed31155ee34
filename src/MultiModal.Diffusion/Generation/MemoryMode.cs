namespace MultiModal.Diffusion.Generation;

/// <summary>What of a model is kept in memory. Pictures are the same in every mode but for rounding (docs/diffusion-memory.md has the figures).</summary>
public enum MemoryMode
{
    /// <summary>
    /// The first of the others that fits: on a processor by the memory this process may use; on other devices <see cref="Full"/>, and the next one where
    /// loading runs out of memory.
    /// </summary>
    Auto,

    /// <summary>All networks stay loaded. The fastest.</summary>
    Full,

    /// <summary>The UNet stays; text encoders and autoencoder are loaded when a request needs them and freed after.</summary>
    Balanced,

    /// <summary>As <see cref="Balanced"/>, and the UNet is streamed: its blocks are loaded, run and freed in turn at every step.</summary>
    Low,
}
