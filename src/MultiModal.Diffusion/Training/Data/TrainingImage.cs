namespace MultiModal.Diffusion.Training.Data;

/// <summary>One picture of a data set, with what it shows in words.</summary>
/// <param name="Path">The file.</param>
/// <param name="Captions">What it shows, at least one. Of several, each visit draws one.</param>
/// <param name="Width">Columns of the file.</param>
/// <param name="Height">Rows of the file.</param>
/// <param name="Repeats">How often an epoch visits it.</param>
/// <param name="Placement">How it is brought to the size it is trained at.</param>
public sealed record TrainingImage(string Path, IReadOnlyList<string> Captions, int Width, int Height, int Repeats, BucketPlacement Placement);
