namespace MultiModal.Pipeline.Monitoring.Health;

/// <summary>Which models an application needs to be ready.</summary>
public sealed class ModelHealthOptions
{
    /// <summary>The models that must have been loaded, by name.</summary>
    /// <value>The default value is <see langword="null"/>: all that are registered.</value>
    public IList<string>? Required { get; set; }

    internal bool IsRequired(string name) => Required?.Contains(name) ?? true;
}
