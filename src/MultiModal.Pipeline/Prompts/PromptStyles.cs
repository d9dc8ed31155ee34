namespace MultiModal.Pipeline.Prompts;

/// <summary>Templates for common styles of pictures.</summary>
public static class PromptStyles
{
    /// <summary>The text as it is.</summary>
    public static PromptTemplate Plain { get; } = new("{text}");

    /// <summary>A photograph.</summary>
    public static PromptTemplate Photo { get; } = new("photograph of {text}, natural light, sharp focus, fine detail");

    /// <summary>Watercolour.</summary>
    public static PromptTemplate Watercolour { get; } = new("{text}, watercolour on paper, soft edges, light washes");

    /// <summary>Chinese ink.</summary>
    public static PromptTemplate Ink { get; } = new("{text}, Chinese ink painting, brush strokes, empty space");

    /// <summary>An oil painting.</summary>
    public static PromptTemplate Oil { get; } = new("{text}, oil on canvas, visible brush strokes, rich colours");

    /// <summary>An illustration as in children's books.</summary>
    public static PromptTemplate Storybook { get; } = new("{text}, children's book illustration, warm colours, simple shapes");
}
