namespace MultiModal.Capabilities;

/// <summary>A model of the application that is loaded when it is needed: for health checks, and for loading it beforehand.</summary>
public interface IModelHost
{
    /// <summary>What the application calls the model.</summary>
    string Name { get; }

    /// <summary>Where the model stands.</summary>
    ModelState State { get; }

    /// <summary>Why the last loading failed, with <see cref="ModelState.Failed"/>; null otherwise.</summary>
    Exception? Error { get; }

    /// <summary>Loads the model where it is not loaded.</summary>
    /// <param name="cancellationToken">Stops the loading.</param>
    /// <exception cref="MultiModalException">The model cannot be loaded.</exception>
    Task LoadAsync(CancellationToken cancellationToken = default);
}
