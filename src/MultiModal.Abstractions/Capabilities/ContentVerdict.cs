namespace MultiModal.Capabilities;

/// <summary>What becomes of a content, from mild to strict.</summary>
public enum ContentVerdict
{
    /// <summary>It may be used and shown.</summary>
    Pass = 0,

    /// <summary>A person should look at it first.</summary>
    Review = 1,

    /// <summary>The engine could not judge. Not a pass.</summary>
    Unknown = 2,

    /// <summary>It may not be used or shown.</summary>
    Block = 3,
}
