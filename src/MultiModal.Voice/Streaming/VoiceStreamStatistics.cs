namespace MultiModal.Voice.Streaming;

/// <summary>How a stream has done so far.</summary>
/// <param name="Blocks">Blocks processed.</param>
/// <param name="Late">Blocks whose processing took longer than a block lasts: each may be heard as a gap.</param>
/// <param name="InvalidSamples">Samples that came in, or out of the networks, as NaN or infinite and were replaced by silence.</param>
/// <param name="Silent">Blocks that were silence and were not converted.</param>
/// <param name="Median">Processing time that half of the blocks stayed below, in thousandths of a block's duration or finer.</param>
/// <param name="P99">Processing time that 99 of 100 blocks stayed below.</param>
/// <param name="Longest">The longest processing time.</param>
public readonly record struct VoiceStreamStatistics(
    long Blocks, long Late, long InvalidSamples, long Silent, TimeSpan Median, TimeSpan P99, TimeSpan Longest);
