namespace MultiModal.Runtime.Sessions;

/// <summary>The native library of this process.</summary>
/// <param name="Path">The file.</param>
/// <param name="Version">Its version.</param>
/// <param name="Attempts">What was tried before and with it.</param>
/// <param name="Note">Something a reader of Describe() should know, or null.</param>
sealed record LoadedLibrary(string Path, string Version, IReadOnlyList<NativeLoadAttempt> Attempts, string? Note);
