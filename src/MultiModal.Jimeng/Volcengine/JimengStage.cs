namespace MultiModal.Jimeng.Volcengine;

/// <summary>Where a request stands.</summary>
public enum JimengStage
{
    /// <summary>It waits on our side for an earlier task to end.</summary>
    Waiting,

    /// <summary>The service has taken it.</summary>
    Submitted,

    /// <summary>The service works on it, or will.</summary>
    Running,

    /// <summary>The result is being downloaded.</summary>
    Downloading,

    /// <summary>The result is here.</summary>
    Done,
}
