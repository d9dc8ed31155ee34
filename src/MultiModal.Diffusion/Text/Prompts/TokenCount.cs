namespace MultiModal.Diffusion.Text.Prompts;

/// <summary>How long a prompt is.</summary>
/// <param name="Tokens">Its tokens, counting chunks before the last as full.</param>
/// <param name="Chunks">The chunks it takes, each of <paramref name="ChunkLength"/> tokens.</param>
/// <param name="ChunkLength">75 for every known model.</param>
public readonly record struct TokenCount(int Tokens, int Chunks, int ChunkLength);
