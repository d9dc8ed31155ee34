using MultiModal.Voice.Content;

namespace MultiModal.Voice.Streaming;

/// <summary>Content units of a window of fixed length, again and again.</summary>
/// <param name="units">How many units a window has.</param>
/// <param name="length">Samples at 16 kHz that they take.</param>
abstract class UnitWindow(int units, int length) : IDisposable
{
    /// <summary>Samples from unit to unit.</summary>
    public const int Hop = 320;

    /// <summary>How many units a window has.</summary>
    public int Units => units;

    /// <summary>Samples at 16 kHz that they take.</summary>
    public int Length => length;

    /// <summary>Where the samples go before a run.</summary>
    public abstract Span<float> Samples { get; }

    /// <summary>Encodes the samples.</summary>
    /// <returns>[channels, units], valid until the next run.</returns>
    public abstract ReadOnlySpan<float> Run();

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>A window of an encoder: bound to its network where that is known, through its interface (which allocates) where it is not.</summary>
    public static UnitWindow Create(IContentEncoder encoder, int units) =>
        encoder is HubertEncoder hubert ? new Bound(hubert, units) : new Plain(encoder, units);

    sealed class Bound : UnitWindow
    {
        readonly HubertWindow window;

        public Bound(HubertEncoder encoder, int units)
            : base(units, encoder.SamplesFor(units)) => window = encoder.CreateWindow(units);

        public override Span<float> Samples => window.Samples;

        public override ReadOnlySpan<float> Run() => window.Run();

        public override void Dispose() => window.Dispose();
    }

    sealed class Plain(IContentEncoder encoder, int units) : UnitWindow(units, ((units - 1) * Hop) + 400)
    {
        readonly float[] samples = new float[((units - 1) * Hop) + 400];
        readonly float[] result = new float[units * encoder.Channels];

        public override Span<float> Samples => samples;

        public override ReadOnlySpan<float> Run()
        {
            var encoded = encoder.EncodeAsync(samples).GetAwaiter().GetResult();
            // Encoders with other edges give a unit more or less: the last one is held, what is too much left out.
            for (var c = 0; c < encoded.Channels; c++)
                for (var t = 0; t < Units; t++) result[(c * Units) + t] = encoded.Values[(c * encoded.Frames) + Math.Min(t, encoded.Frames - 1)];
            return result;
        }

        public override void Dispose()
        {
        }
    }
}
