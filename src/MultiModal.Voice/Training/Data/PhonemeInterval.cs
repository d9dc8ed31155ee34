namespace MultiModal.Voice.Training.Data;

/// <summary>When a phoneme is spoken.</summary>
/// <param name="Phone">The phoneme as the file writes it ("ae"); empty for a pause.</param>
/// <param name="Start">Where it begins, in seconds.</param>
/// <param name="End">Where it ends, in seconds.</param>
public readonly record struct PhonemeInterval(string Phone, double Start, double End);
