namespace MultiModal.Pipeline.Composition.Nodes;

/// <summary>A line of a drawing that begins at a box and has no end yet.</summary>
internal sealed record Line(string From, string Label = "", bool IsDotted = false);
