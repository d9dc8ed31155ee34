using System.CommandLine;
using System.Globalization;
using MultiModal.Diffusion.Adapters;
using MultiModal.Diffusion.Generation;
using MultiModal.Diffusion.Training.Data;
using MultiModal.Images;

namespace MultiModal.Benchmarks.DemoDiffusion;

/// <summary>
/// Judges the demo model: whether a caption's picture is the one that was drawn, whether seeds matter, and whether the LoRA takes the colours away.
/// </summary>
static class DemoDiffusionCommand
{
    const int Nearest = 5;

    public static Command Create()
    {
        var model = new Option<string>("--model") { Description = "The model's folder.", DefaultValueFactory = _ => "models/demo-diffusion" };
        var lora = new Option<string>("--lora") { Description = "The line-art LoRA.", DefaultValueFactory = _ => "models/demo-diffusion-line-art/line-art.safetensors" };
        var data = new Option<string>("--data") { Description = "The training pictures with their captions, as samples/TrainDemoDiffusion makes them.", DefaultValueFactory = _ => "artifacts/demo-diffusion/color" };
        var captions = new Option<int>("--captions") { Description = "How many captions are drawn.", DefaultValueFactory = _ => 200 };
        var steps = new Option<int>("--steps") { Description = "Sampling steps.", DefaultValueFactory = _ => 20 };
        var guidance = new Option<float>("--guidance") { Description = "Guidance.", DefaultValueFactory = _ => 3 };
        var sheet = new Option<string?>("--sheet") { Description = "A contact sheet to write: the training picture, what is drawn, and line art, for every fifth caption." };
        var command = new Command("demo-diffusion", "Judges the demo diffusion model and its line-art LoRA.") { model, lora, data, captions, steps, guidance, sheet };
        command.SetAction((arguments, cancellationToken) => RunAsync(
            arguments.GetRequiredValue(model), arguments.GetRequiredValue(lora), arguments.GetRequiredValue(data), arguments.GetValue(captions), arguments.GetValue(steps),
            arguments.GetValue(guidance), arguments.GetValue(sheet), cancellationToken));
        return command;
    }

    static async Task RunAsync(
        string modelPath, string loraPath, string data, int captions, int steps, float guidance, string? sheet, CancellationToken cancellationToken)
    {
        var dataset = await ImageDataset.OpenAsync(data, new() { Resolution = 64, Buckets = false }, cancellationToken);
        var known = new List<ImageBuffer>();
        for (var i = 0; i < dataset.Images.Count; i++) known.Add(await dataset.LoadAsync(i, cancellationToken: cancellationToken));
        var looks = known.ConvertAll(PictureLook.Of);
        captions = Math.Min(captions, known.Count);
        int[] chosen = [.. Enumerable.Range(0, captions).Select(i => i * known.Count / captions)];
        await using var model = await DiffusionModel.LoadAsync(modelPath, cancellationToken: cancellationToken);
        using var lora = File.Exists(loraPath) ? await LoraWeights.LoadAsync(loraPath, cancellationToken) : null;
        var rows = new List<(ImageBuffer Known, ImageBuffer Drawn, ImageBuffer? Lines)>();
        var (first, near, distinct, moved) = (0, 0, 0, 0);
        foreach (var index in chosen)
        {
            var request = new ImageRequest(dataset.Images[index].Captions[0]) { Seed = index, Steps = steps, Guidance = guidance };
            var drawn = await DrawAsync(request);
            var rank = Rank(looks, PictureLook.Of(drawn), index);
            if (rank == 0) first++;
            if (rank < Nearest) near++;
            if (Difference(drawn, await DrawAsync(request with { Seed = index + 100_000 })) > 1) distinct++;
            var lines = lora is null ? null : await DrawAsync(request with { Loras = [new(lora)] });
            if (lines is not null && PictureLook.Saturation(lines) < PictureLook.Saturation(drawn)) moved++;
            rows.Add((known[index], drawn, lines));
            if (rows.Count % 20 == 0) Print($"  after {rows.Count} captions: {near} near, {moved} turned into lines");
        }

        Print($"{known.Count} training pictures, {captions} captions, {steps} steps, guidance {guidance}");
        Print($"the right picture is the nearest            {Share(first)}");
        Print($"the right picture is among the {Nearest} nearest     {Share(near)}   (wanted: 60 %)");
        Print($"another seed gives another picture          {Share(distinct)}   (wanted: all)");
        if (lora is not null) Print($"the LoRA lowers the saturation              {Share(moved)}   (wanted: 90 %)");
        if (sheet is not null) await SaveSheetAsync(sheet, [.. rows.Where((_, i) => i % 5 == 0)], cancellationToken);

        string Share(int count) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * count / captions,6:F1} %");

        async Task<ImageBuffer> DrawAsync(ImageRequest request) => (await model.GenerateAsync(request, cancellationToken: cancellationToken))[0].Image;
    }

    /// <summary>How many pictures look more like the drawn one than the right one does.</summary>
    static int Rank(List<PictureLook> looks, PictureLook drawn, int right)
    {
        var own = looks[right].Likeness(drawn);
        return looks.Where((look, i) => i != right && look.Likeness(drawn) > own).Count();
    }

    /// <summary>The mean absolute difference of samples, in steps of 255.</summary>
    static double Difference(ImageBuffer a, ImageBuffer b)
    {
        var sum = 0L;
        for (var i = 0; i < a.Pixels.Length; i++) sum += Math.Abs(a.Pixels[i] - b.Pixels[i]);
        return (double)sum / a.Pixels.Length;
    }

    /// <summary>Triples of pictures, five triples to a row.</summary>
    static async Task SaveSheetAsync(string path, List<(ImageBuffer Known, ImageBuffer Drawn, ImageBuffer? Lines)> rows, CancellationToken cancellationToken)
    {
        const int Triples = 5, Cell = 66;
        var sheet = new ImageBuffer(((3 * Cell) + 10) * Triples, (rows.Count + Triples - 1) / Triples * Cell);
        sheet.Pixels.Fill(255);
        for (var i = 0; i < rows.Count; i++)
        {
            var pictures = new[] { rows[i].Known, rows[i].Drawn, rows[i].Lines };
            for (var n = 0; n < 3; n++)
            {
                if (pictures[n] is not { } picture) continue;
                for (var y = 0; y < picture.Height; y++)
                    picture.Row(y).CopyTo(sheet.Row((i / Triples * Cell) + y)[(((i % Triples * ((3 * Cell) + 10)) + (n * Cell)) * 3)..]);
            }
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        await PngCodec.Default.SaveAsync(sheet, path, cancellationToken);
    }

    static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
