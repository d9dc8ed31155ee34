namespace MultiModal.Capabilities;

/// <summary>Where a model stands.</summary>
public enum ModelState
{
    /// <summary>It has not been needed yet.</summary>
    NotLoaded,

    /// <summary>It is being loaded.</summary>
    Loading,

    /// <summary>It is loaded.</summary>
    Loaded,

    /// <summary>It was loaded, and was unloaded because nobody used it; the next use loads it again.</summary>
    Idle,

    /// <summary>It could not be loaded; the next use tries again.</summary>
    Failed,
}
