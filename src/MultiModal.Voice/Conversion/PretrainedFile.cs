using MultiModal.Runtime.Downloads;

namespace MultiModal.Voice.Conversion;

/// <summary>A file that models share, or a folder of such: under which names it is found, where people get it, and what can be downloaded.</summary>
/// <param name="What">What it is, as errors say it.</param>
/// <param name="Names">The names it goes by, the best known first.</param>
/// <param name="Source">Where it comes from, in words.</param>
/// <param name="Downloads">What is downloaded, under which path in the folder; the first is what is opened. Empty where there is nothing to download.</param>
sealed record PretrainedFile(string What, IReadOnlyList<string> Names, string Source, params IReadOnlyList<(RemoteFile File, string Path)> Downloads);
