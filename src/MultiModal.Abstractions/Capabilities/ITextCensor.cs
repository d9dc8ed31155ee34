namespace MultiModal.Capabilities;

/// <summary>Judges whether a text may be used or shown. Implementations are safe for concurrent use.</summary>
public interface ITextCensor
{
    /// <summary>Judges a text.</summary>
    /// <param name="text">The text, of any length.</param>
    /// <param name="cancellationToken">Gives the judgement up.</param>
    /// <returns>The judgement; <see cref="ContentVerdict.Unknown"/> where the engine answered but could not judge.</returns>
    /// <exception cref="MultiModalException">The engine failed; the message says why.</exception>
    Task<ContentJudgement> CensorAsync(string text, CancellationToken cancellationToken = default);
}
