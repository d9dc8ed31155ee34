namespace MultiModal.Runtime.Training;

/// <summary>What is to be trained beside a frozen weight W: W + Scale * Up Down (Hu et al. 2021).</summary>
/// <param name="Down">The name of the parameter that leads to the low rank: [Rank, in], or [Rank, in, kernel...] for a convolution.</param>
/// <param name="Up">The name of the parameter that leads back: [out, Rank], or [out, Rank, 1...] for a convolution.</param>
/// <param name="Rank">The rank, 1 or more.</param>
/// <param name="Scale">What the product is multiplied by: alpha / rank in the usual notation.</param>
public sealed record LowRankAdapter(string Down, string Up, int Rank, float Scale);
