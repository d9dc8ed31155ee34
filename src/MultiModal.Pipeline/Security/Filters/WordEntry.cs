namespace MultiModal.Pipeline.Security;

/// <summary>A word or phrase of a list.</summary>
/// <param name="Word">The word, in any script.</param>
/// <param name="Category">Its kind: one of <see cref="Capabilities.ContentCategories"/>, or a word of one's own.</param>
public readonly record struct WordEntry(string Word, string Category);
