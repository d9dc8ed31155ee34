using MultiModal.Runtime;

namespace MultiModal.Diffusion.Training.Texts;

/// <summary>What a training step is told about each picture's caption: token ids, or the states that frozen text encoders made of them.</summary>
interface ITextInput
{
    /// <summary>Writes a caption into a row of a step's inputs.</summary>
    void Fill(IReadOnlyDictionary<string, TensorData> inputs, int row, string caption);
}
