namespace MultiModal.Pipeline.Security;

/// <summary>What was judged.</summary>
public enum ContentKind
{
    /// <summary>A text.</summary>
    Text,

    /// <summary>A picture.</summary>
    Image,
}
