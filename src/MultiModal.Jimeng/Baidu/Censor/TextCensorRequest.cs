namespace MultiModal.Jimeng.Baidu.Censor;

/// <summary>Text to be judged.</summary>
/// <param name="Text">The text, of any length.</param>
public sealed record TextCensorRequest(string Text)
{
    /// <summary>The policy (strategyId) of Baidu's console.</summary>
    public int? StrategyId { get; init; }

    /// <summary>Whose text it is.</summary>
    public string? UserId { get; init; }

    /// <summary>From which address it came.</summary>
    public string? UserIp { get; init; }

    /// <summary>Fields that this type does not know, sent along.</summary>
    public IReadOnlyDictionary<string, string>? Extra { get; init; }
}
