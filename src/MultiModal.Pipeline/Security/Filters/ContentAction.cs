namespace MultiModal.Pipeline.Security;

/// <summary>What a policy does with a content, from mild to strict.</summary>
public enum ContentAction
{
    /// <summary>It passes as it is.</summary>
    Allow,

    /// <summary>It passes as it is, and the decision says that somebody should look.</summary>
    Flag,

    /// <summary>A picture passes blurred. Of a text, the words found are covered.</summary>
    Blur,

    /// <summary>It does not pass.</summary>
    Block,
}
