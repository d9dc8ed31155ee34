namespace MultiModal.Jimeng.Volcengine;

/// <summary>How a result is handed over and marked.</summary>
public sealed record JimengResultOptions
{
    /// <summary>Whether the result comes as an address (valid 24 hours for pictures, 1 hour for videos) instead of in the answer.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool ReturnUrl { get; init; } = true;

    /// <summary>The visible mark.</summary>
    public JimengLogo? LogoInfo { get; init; }

    /// <summary>The invisible mark.</summary>
    public JimengAigcMeta? AigcMeta { get; init; }
}
