namespace MultiModal.Runtime.Sessions;

/// <summary>A network that can be run, whether its weights are in memory or come to it part by part. Safe for concurrent use.</summary>
public interface INetwork : IDisposable, IAsyncDisposable
{
    /// <summary>The device it runs on, and why.</summary>
    DeviceSelection Device { get; }

    /// <summary>Runs the network on the calling thread.</summary>
    /// <param name="inputs">A tensor for each input.</param>
    /// <param name="outputs">Tensors to write outputs to; the others are made.</param>
    /// <param name="cancellationToken">Stops the run at the next operator.</param>
    /// <returns>All outputs by name.</returns>
    IReadOnlyDictionary<string, TensorData> Run(
        IReadOnlyDictionary<string, TensorData> inputs, IReadOnlyDictionary<string, TensorData>? outputs = null, CancellationToken cancellationToken = default);

    /// <summary>The network, its device and its runtime, for logs and issue reports.</summary>
    string Describe();
}
