namespace MultiModal.Voice.Content;

/// <summary>Turns speech into content units. Implementations are safe for concurrent use.</summary>
public interface IContentEncoder : IAsyncDisposable
{
    /// <summary>What So-VITS-SVC calls it: "vec768l12", for instance.</summary>
    string Name { get; }

    /// <summary>The length of a unit.</summary>
    int Channels { get; }

    /// <summary>Encodes a sound.</summary>
    /// <param name="samples">One channel at 16 kHz. A sound too short for a unit is lengthened with silence.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <returns>The units, about 50 for a second.</returns>
    Task<ContentUnits> EncodeAsync(ReadOnlyMemory<float> samples, CancellationToken cancellationToken = default);
}
