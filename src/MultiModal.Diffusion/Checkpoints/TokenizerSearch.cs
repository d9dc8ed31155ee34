using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Text;
using MultiModal.Runtime.Downloads;

namespace MultiModal.Diffusion.Checkpoints;

/// <summary>
/// Finds the tokenizer of a single file, which has none inside: where the user says, beside the file, or by download. All families cut prompts
/// by CLIP's vocabulary and differ in what fills a prompt up.
/// </summary>
static class TokenizerSearch
{
    /// <summary>CLIP's merges, of which the vocabulary follows.</summary>
    static readonly RemoteFile merges = RemoteFile.HuggingFace("openai/clip-vit-large-patch14", "merges.txt") with
    {
        Length = 524_619, Sha256 = "9fd691f7c8039210e0fced15865466c65820d09b63988b0174bfe25de299051a",
    };

    /// <summary>Finds it.</summary>
    /// <param name="file">The model's file.</param>
    /// <param name="openClip">Whether it is for an OpenCLIP, which fills up with "!" instead of the end token.</param>
    /// <param name="second">Whether it is SDXL's second.</param>
    /// <param name="options">Where the user says it is, and what may download it.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="InvalidFileException">There is none, or it is damaged.</exception>
    /// <exception cref="DownloadException">It could not be downloaded.</exception>
    public static async Task<ClipTokenizer> FindAsync(string file, bool openClip, bool second, DiffusionModelOptions options, CancellationToken cancellationToken)
    {
        var place = options.Configuration is { } given
            ? Place(given, second) ?? throw new InvalidFileException(given, "there is no tokenizer here (vocab.json and merges.txt, or a folder 'tokenizer' with them).",
                remedy: $"Let {nameof(DiffusionModelOptions)}.{nameof(DiffusionModelOptions.Configuration)} name a model's folder as diffusers saves it, or a tokenizer's.")
            : Place(Path.GetDirectoryName(file)!, second);
        if (place is null && options.Downloads is { } downloads)
        {
            var folder = options.DownloadFolder ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "MultiModal", "clip-tokenizer");
            place = await downloads.DownloadToFolderAsync(merges, folder, cancellationToken: cancellationToken).ConfigureAwait(false);
        }

        if (place is null)
            throw new InvalidFileException(
                file, "a single file holds no tokenizer, and there is none beside it.",
                remedy: $"Put vocab.json and merges.txt of CLIP beside it (from the folder 'tokenizer' of any Stable Diffusion model), name their folder in " +
                    $"{nameof(DiffusionModelOptions)}.{nameof(DiffusionModelOptions.Configuration)}, or let {nameof(DiffusionModelOptions)}.{nameof(DiffusionModelOptions.Downloads)} fetch them.");
        var tokenizer = await ClipTokenizer.LoadAsync(place, cancellationToken).ConfigureAwait(false);
        return openClip ? tokenizer.WithPadding("!") : tokenizer.WithPadding(tokenizer.TokenOf(tokenizer.EosId));
    }

    /// <summary>A folder with a tokenizer, or a merges file: the path itself, or what lies in it.</summary>
    static string? Place(string path, bool second)
    {
        if (File.Exists(path)) return path;
        foreach (var folder in (string[])[.. second ? (string[])[Path.Combine(path, "tokenizer_2")] : [], Path.Combine(path, "tokenizer"), Path.Combine(path, "tokenizer_2"), path])
        {
            if (!File.Exists(Path.Combine(folder, "merges.txt"))) continue;
            return File.Exists(Path.Combine(folder, "vocab.json")) ? folder : Path.Combine(folder, "merges.txt");
        }

        return null;
    }
}
