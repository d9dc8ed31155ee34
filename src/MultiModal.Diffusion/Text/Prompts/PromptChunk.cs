namespace MultiModal.Diffusion.Text.Prompts;

/// <summary>What a text encoder takes at once: as many entries as the tokenizer's maximum.</summary>
/// <param name="Ids">Ids with begin, end and padding.</param>
/// <param name="Weights">How much each counts.</param>
/// <param name="Vectors">What stands in the place of tokens' embeddings: one vector a place.</param>
sealed record PromptChunk(int[] Ids, float[] Weights, IReadOnlyList<(int At, ReadOnlyMemory<float> Vector)> Vectors);
