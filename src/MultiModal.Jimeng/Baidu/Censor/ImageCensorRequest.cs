namespace MultiModal.Jimeng.Baidu.Censor;

/// <summary>A picture to be judged.</summary>
public sealed record ImageCensorRequest
{
    /// <summary>Makes a request for a picture's bytes.</summary>
    /// <param name="image">PNG, JPEG, BMP, GIF, WebP or TIFF, 5 KB to 4 MB, 128 to 4,096 pixels a side.</param>
    public ImageCensorRequest(ReadOnlyMemory<byte> image) => Image = image;

    /// <summary>Makes a request for a picture that the service fetches.</summary>
    /// <param name="url">Its address.</param>
    public ImageCensorRequest(Uri url) => Url = url;

    /// <summary>The picture's bytes; empty where <see cref="Url"/> is set.</summary>
    public ReadOnlyMemory<byte> Image { get; }

    /// <summary>The picture's address, or null.</summary>
    public Uri? Url { get; }

    /// <summary>Whether the picture moves (GIF).</summary>
    public bool? IsAnimated { get; init; }

    /// <summary>The policy (strategyId) of Baidu's console.</summary>
    public int? StrategyId { get; init; }

    /// <summary>Fields that this type does not know, sent along.</summary>
    public IReadOnlyDictionary<string, string>? Extra { get; init; }
}
