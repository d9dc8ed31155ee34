namespace MultiModal.Pipeline.Composition;

/// <summary>What can be said of a pipeline without knowing its types: for lists of pipelines, drawings, dashboards.</summary>
public interface IPipeline
{
    /// <summary>The pipeline's name.</summary>
    string Name { get; }

    /// <summary>What it takes.</summary>
    Type InputType { get; }

    /// <summary>What it gives.</summary>
    Type OutputType { get; }

    /// <summary>The names of its steps, as events and metrics have them, in the order of their declaration.</summary>
    IReadOnlyList<string> Steps { get; }

    /// <summary>Draws it.</summary>
    /// <returns>A flowchart as Mermaid text, which Markdown viewers show.</returns>
    string ToMermaid();
}
