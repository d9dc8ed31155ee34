using MultiModal.Diffusion.Steering;
using MultiModal.Images;

namespace MultiModal.Diffusion.Generation;

/// <summary>What a request draws on: its size, the picture it begins with and the mask at that size, and how the result goes back into the whole picture.</summary>
sealed class Canvas
{
    readonly ImageBuffer? whole;
    readonly InpaintMask? softMask;
    readonly PixelBox box;

    Canvas(int width, int height, ImageBuffer? init, InpaintMask? mask, ImageBuffer? whole, InpaintMask? softMask, PixelBox box)
    {
        (Width, Height, Init, Mask, this.whole, this.softMask, this.box) = (width, height, init, mask, whole, softMask, box);
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>The picture to begin with, of this size; null begins with noise.</summary>
    public ImageBuffer? Init { get; }

    /// <summary>Where it is drawn anew; null for everywhere.</summary>
    public InpaintMask? Mask { get; }

    /// <summary>Lays a request out.</summary>
    /// <exception cref="ArgumentException">A size is not the model's, or the mask is empty.</exception>
    public static Canvas Of(ImageRequest request, DiffusionModelInfo info)
    {
        var follow = request.Init is not null && !request.MaskedOnly;
        var width = Size(request.Width, follow ? request.Init!.Width : null, info, nameof(request.Width));
        var height = Size(request.Height, follow ? request.Init!.Height : null, info, nameof(request.Height));
        if (request.Init is null) return new(width, height, null, null, null, null, default);
        var whole = request.Init.WithChannels(3);
        if (request.Mask is null) return new(width, height, Fit(whole, width, height), null, null, null, default);

        var mask = InpaintMask.Of(request.Mask);
        var soft = mask.Blur(request.MaskBlur);
        if (!request.MaskedOnly)
        {
            // The unmasked part is the picture as it was, where its size is kept.
            var resized = Fit(whole, width, height);
            return new(width, height, Content(resized, mask.Resize(width, height), request), mask.Resize(width, height), resized, soft.Resize(width, height), new(0, 0, width, height));
        }

        var bounds = mask.Bounds() ?? throw new ArgumentException("The mask is black everywhere: there is nothing to draw.", nameof(request));
        var box = bounds.Around(request.MaskPadding, whole.Width, whole.Height, (double)width / height);
        var part = Fit(whole.Crop(box.Left, box.Top, box.Width, box.Height), width, height);
        var partMask = mask.Crop(box).Resize(width, height);
        return new(width, height, Content(part, partMask, request), partMask, whole, soft.Crop(box), box);
    }

    /// <summary>Puts what was drawn where it belongs.</summary>
    public ImageBuffer Complete(ImageBuffer drawn)
    {
        if (whole is null) return drawn;
        var fitted = Fit(drawn, box.Width, box.Height);
        var result = new ImageBuffer(whole.Width, whole.Height);
        whole.Pixels.CopyTo(result.Pixels);
        for (var y = 0; y < box.Height; y++)
        {
            var row = result.Row(box.Top + y)[(box.Left * 3)..];
            var from = fitted.Row(y);
            for (var i = 0; i < box.Width * 3; i++)
            {
                var share = softMask!.Values[(y * box.Width) + (i / 3)];
                row[i] = (byte)MathF.Round(row[i] + (share * (from[i] - row[i])));
            }
        }

        return result;
    }

    static ImageBuffer Content(ImageBuffer image, InpaintMask mask, ImageRequest request) =>
        request.MaskedContent == MaskedContent.Fill ? MaskFill.Apply(image, mask) : image;

    static ImageBuffer Fit(ImageBuffer image, int width, int height) => (image.Width, image.Height) == (width, height) ? image : image.Resize(width, height);

    static int Size(int? asked, int? ofInit, DiffusionModelInfo info, string name)
    {
        var multiple = info.SizeMultiple;
        var size = asked ?? (ofInit is { } length ? Math.Max(multiple, length / multiple * multiple) : info.NativeSize);
        if (size < multiple || size > 1 << 14 || size % multiple != 0)
            throw new ArgumentOutOfRangeException(name, size, $"A size is a multiple of {multiple} from {multiple} to {1 << 14} pixels.");
        return size;
    }
}
