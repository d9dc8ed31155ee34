namespace MultiModal.Diffusion.Training;

/// <summary>Which layers a LoRA changes.</summary>
public enum LoraTargetLayers
{
    /// <summary>The four projections of every attention, which is diffusers' choice.</summary>
    Attention,

    /// <summary>All linear layers of the transformers, attention, MLPs and the projections around them, which is kohya's choice.</summary>
    Linear,

    /// <summary>These, and the convolutions of residual blocks and between levels (LoCon).</summary>
    Convolutions,
}
