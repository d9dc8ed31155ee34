namespace MultiModal.Voice.Conversion;

/// <summary>A file to convert.</summary>
/// <param name="InputPath">A WAV file of any rate and number of channels.</param>
/// <param name="OutputPath">The WAV file to write. It takes its name only when it is complete.</param>
public readonly record struct FileConversion(string InputPath, string OutputPath);
