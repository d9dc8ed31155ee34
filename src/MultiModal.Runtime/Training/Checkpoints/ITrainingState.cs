namespace MultiModal.Runtime.Training.Checkpoints;

/// <summary>A part of a training that must be as it was when the training goes on: parameters, an optimiser, an average, a generator.</summary>
public interface ITrainingState
{
    /// <summary>Says what the part holds. The tensors are written after this returns and before anything changes them.</summary>
    /// <param name="writer">Takes it.</param>
    void SaveState(StateWriter writer);

    /// <summary>Becomes what was saved.</summary>
    /// <param name="reader">Gives it.</param>
    /// <exception cref="InvalidFileException">What was saved does not fit this part.</exception>
    void LoadState(StateReader reader);
}
