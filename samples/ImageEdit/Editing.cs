using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Steering;
using MultiModal.Images;

namespace ImageEdit;

/// <summary>One picture to change: each way of doing so is a few properties of the request.</summary>
sealed record Editing(string Model, string Input, string Output, ImageRequest Request)
{
    public async Task FromImageAsync(CancellationToken cancellationToken) =>
        await DrawAsync(Request with { Init = await LoadAsync(Input, cancellationToken) }, cancellationToken);

    public async Task InpaintAsync(string mask, bool maskedOnly, int padding, int blur, CancellationToken cancellationToken) => await DrawAsync(
        Request with
        {
            Init = await LoadAsync(Input, cancellationToken), Mask = await LoadAsync(mask, cancellationToken), MaskedOnly = maskedOnly, MaskPadding = padding, MaskBlur = blur,
        },
        cancellationToken);

    public async Task OutpaintAsync(int left, int top, int right, int bottom, CancellationToken cancellationToken)
    {
        var (init, mask) = Outpainting.Extend(await LoadAsync(Input, cancellationToken), left, top, right, bottom);

        // There is nothing yet under the mask that could be kept.
        await DrawAsync(Request with { Init = init, Mask = mask, Strength = 1 }, cancellationToken);
    }

    public async Task FollowAsync(string control, float scale, bool canny, CancellationToken cancellationToken)
    {
        await using var network = await ControlNetModel.LoadAsync(control, cancellationToken: cancellationToken);
        var image = await LoadAsync(Input, cancellationToken);
        await DrawAsync(
            Request with { Controls = [new(network, canny ? CannyEdges.Of(image) : image) { Scale = scale }], Width = RoundDown(image.Width), Height = RoundDown(image.Height) },
            cancellationToken);
    }

    public async Task EnlargeAsync(string upscaler, CancellationToken cancellationToken)
    {
        await using var network = await ImageUpscaler.LoadAsync(upscaler, cancellationToken: cancellationToken);
        var large = await network.UpscaleAsync(await LoadAsync(Input, cancellationToken), cancellationToken);
        await DrawAsync(Request with { Init = large.Crop(0, 0, RoundDown(large.Width), RoundDown(large.Height)), Tiles = new() }, cancellationToken);
    }

    async Task DrawAsync(ImageRequest request, CancellationToken cancellationToken)
    {
        await using var model = await DiffusionModel.LoadAsync(Model, cancellationToken: cancellationToken);
        var image = (await model.GenerateAsync(request, cancellationToken: cancellationToken))[0];
        await PngCodec.Default.SaveAsync(image.Image, Output, cancellationToken);
        foreach (var note in image.Notes) Console.WriteLine(note);
        Console.WriteLine($"{Path.GetFullPath(Output)}  {image.Image.Width}x{image.Image.Height}, seed {image.Seed}");
    }

    /// <summary>Models draw in multiples of eight pixels.</summary>
    static int RoundDown(int length) => Math.Max(8, length / 8 * 8);

    static async Task<ImageBuffer> LoadAsync(string path, CancellationToken cancellationToken) => await PngCodec.Default.LoadAsync(path, cancellationToken);
}
