using MultiModal.Diffusion.Schedulers;

namespace MultiModal.Diffusion.Generation;

/// <summary>Facts about a loaded model.</summary>
/// <param name="Name">The folder's or file's name.</param>
/// <param name="Family">Which architecture it is of.</param>
/// <param name="NativeSize">Width and height in pixels it was made for.</param>
/// <param name="SizeMultiple">Widths and heights are multiples of this many pixels.</param>
/// <param name="Prediction">What its UNet predicts.</param>
/// <param name="Scheduler">The scheduler its files name.</param>
public sealed record DiffusionModelInfo(
    string Name, ModelFamily Family, int NativeSize, int SizeMultiple, PredictionType Prediction, string Scheduler)
{
    /// <summary>What of it is kept in memory.</summary>
    public MemoryMode Memory { get; init; } = MemoryMode.Full;

    /// <summary>Whether it is SDXL or its refiner, which have tables of noise levels and colours of their own.</summary>
    internal bool IsXL => Family is ModelFamily.StableDiffusionXL or ModelFamily.StableDiffusionXLRefiner;
}
