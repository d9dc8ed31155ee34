namespace MultiModal.Voice.Conversion;

/// <summary>What became of a file.</summary>
/// <param name="File">The file.</param>
/// <param name="Error">Why there is no output; null where there is.</param>
public sealed record FileConversionResult(FileConversion File, Exception? Error);
