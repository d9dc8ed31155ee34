using MultiModal.Runtime;
using MultiModal.Runtime.Sessions;

namespace MultiModal.Voice.Content;

/// <summary>Units of windows of one length, again and again, without allocating.</summary>
sealed class HubertWindow : IDisposable
{
    readonly SessionBinding binding;
    readonly TensorData wave, units;
    readonly int padding, samples;

    public HubertWindow(SessionBinding binding, int samples, int padding, int channels, int count)
    {
        (this.binding, this.samples, this.padding) = (binding, samples, padding);
        wave = TensorData.Zeros(DType.Float32, 1, samples + (2 * padding));
        units = TensorData.Zeros(DType.Float32, 1, channels, count);
        binding.SetInput("wave", wave);
        binding.SetOutput("units", units);
    }

    /// <summary>Where the samples go.</summary>
    public Span<float> Samples => wave.Floats.Slice(padding, samples);

    /// <summary>Encodes them: [channels, units].</summary>
    public ReadOnlySpan<float> Run()
    {
        binding.Run();
        return units.Floats;
    }

    public void Dispose() => binding.Dispose();
}
