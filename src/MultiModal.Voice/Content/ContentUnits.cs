namespace MultiModal.Voice.Content;

/// <summary>What is said, without who says it: one vector for each 20 ms.</summary>
/// <param name="Values">Channel by channel: [channels, frames].</param>
/// <param name="Channels">The length of a vector.</param>
/// <param name="Frames">How many vectors.</param>
public sealed record ContentUnits(float[] Values, int Channels, int Frames);
