namespace MultiModal.Audio;

/// <summary>What a WAV file says before its samples.</summary>
/// <param name="Format">Rate and channels.</param>
/// <param name="Encoding">How samples are stored.</param>
/// <param name="DataBytes">Bytes of samples, or null when the writer could not know (a pipe): then they go on to the end.</param>
/// <param name="DataOffset">Where the samples begin.</param>
sealed record WavHeader(AudioFormat Format, WavEncoding Encoding, long? DataBytes, long DataOffset)
{
    internal int FrameBytes => Format.Channels * Encoding.BytesPerSample();
}
