namespace MultiModal.Voice.Training.Data;

/// <summary>What became of one recording.</summary>
/// <param name="Path">The file.</param>
/// <param name="Speaker">Whose it is.</param>
/// <param name="Clips">How many clips it gave, variants included.</param>
/// <param name="Kept">Their length.</param>
/// <param name="Problem">Why it was left out, in words; null where it was used.</param>
/// <param name="Notes">What was done to it or is remarkable: parts left out, clipping, time stamps that do not fit.</param>
public sealed record FileReport(string Path, string Speaker, int Clips, TimeSpan Kept, string? Problem, IReadOnlyList<string> Notes);
