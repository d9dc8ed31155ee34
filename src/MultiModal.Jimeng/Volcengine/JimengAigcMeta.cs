namespace MultiModal.Jimeng.Volcengine;

/// <summary>The invisible mark that says who made the content, as Chinese law asks for. Each field has up to 256 characters.</summary>
/// <param name="ProducerId">The content's id at its producer.</param>
public sealed record JimengAigcMeta(string ProducerId)
{
    /// <summary>Who makes the content.</summary>
    public string? ContentProducer { get; init; }

    /// <summary>Who spreads the content. Videos must have it.</summary>
    public string? ContentPropagator { get; init; }

    /// <summary>The content's id at its propagator.</summary>
    public string? PropagateId { get; init; }
}
