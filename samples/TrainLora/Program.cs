using System.CommandLine;
using MultiModal;
using MultiModal.Diffusion.Training;
using MultiModal.Diffusion.Training.Data;
using MultiModal.Runtime.Sessions;
using TrainLora;

var model = new Option<string>("--model", "-m") { Description = "The model: a folder as diffusers saves it, or a single file.", Required = true };
var data = new Option<string>("--data", "-d") { Description = "The pictures (PNG), each with a .txt of the same name that says what it shows.", Required = true };
var output = new Option<string>("--output", "-o") { Description = "The folder for the LoRA, checkpoints, logs and samples.", DefaultValueFactory = _ => "lora" };
var name = new Option<string>("--name", "-n") { Description = "What the LoRA is called.", DefaultValueFactory = _ => "lora" };
var preset = new Option<string>("--preset") { Description = "style, subject, detail or quick.", DefaultValueFactory = _ => "style" };
var resolution = new Option<int>("--resolution") { Description = "The side of the square whose area is trained at.", DefaultValueFactory = _ => 512 };
var steps = new Option<int?>("--steps") { Description = "Steps; by default the preset's, as all that follows." };
var batch = new Option<int?>("--batch") { Description = "Pictures a run." };
var rank = new Option<int?>("--rank") { Description = "The rank." };
var rate = new Option<double?>("--learning-rate") { Description = "The learning rate." };
var seed = new Option<ulong>("--seed") { Description = "The seed." };
var instance = new Option<string?>("--instance-prompt") { Description = "DreamBooth: what all pictures show, \"a photo of sks dog\"; they need no captions then." };
var kind = new Option<string?>("--class-prompt") { Description = "DreamBooth: what the subject's class is called, \"a photo of a dog\", for prior preservation." };
var classImages = new Option<int>("--class-images") { Description = "DreamBooth: how many pictures of the class; missing ones are drawn.", DefaultValueFactory = _ => 200 };
var sample = new Option<string[]>("--sample") { Description = "A prompt to draw ten times on the way; may be given several times.", DefaultValueFactory = _ => [] };
var skip = new Option<bool>("--skip-bad-files") { Description = "Leave files out that cannot be trained on, instead of stopping." };
var device = new Option<Device>("--device") { Description = "What to run on.", DefaultValueFactory = _ => Device.Auto };
var root = new RootCommand("Trains a LoRA for Stable Diffusion.")
{
    model, data, output, name, preset, resolution, steps, batch, rank, rate, seed, instance, kind, classImages, sample, skip, device,
};
root.SetAction(async (arguments, cancellationToken) =>
{
    if (!Presets.All.TryGetValue(arguments.GetRequiredValue(preset), out var options)) throw new ArgumentException($"There is no preset '{arguments.GetValue(preset)}': {string.Join(", ", Presets.All.Keys)}.");
    var total = arguments.GetValue(steps) ?? options.Steps;
    options = options with
    {
        Name = arguments.GetRequiredValue(name), Steps = total, BatchSize = arguments.GetValue(batch) ?? options.BatchSize, Rank = arguments.GetValue(rank) ?? options.Rank,
        LearningRate = arguments.GetValue(rate) ?? options.LearningRate, Seed = arguments.GetValue(seed), SamplePrompts = arguments.GetValue(sample)!,
        SampleEvery = arguments.GetValue(sample)!.Length > 0 ? Math.Max(1, total / 10) : 0, Runtime = new() { Device = arguments.GetValue(device) },
    };
    var (bar, folder) = (new ProgressBar(), arguments.GetRequiredValue(output));
    LoraTrainingResult trained;
    if (arguments.GetValue(instance) is { } prompt)
    {
        var subject = new DreamBoothOptions(prompt) { ClassPrompt = arguments.GetValue(kind), ClassImages = arguments.GetValue(classImages), Resolution = arguments.GetValue(resolution) };
        trained = await DreamBooth.TrainLoraAsync(arguments.GetRequiredValue(model), arguments.GetRequiredValue(data), folder, subject, options, bar, cancellationToken);
    }
    else
    {
        var dataset = await ImageDataset.OpenAsync(
            arguments.GetRequiredValue(data), new() { Resolution = arguments.GetValue(resolution), BucketStep = arguments.GetValue(resolution) < 256 ? 8 : 64, SkipBadFiles = arguments.GetValue(skip) }, cancellationToken);
        foreach (var problem in dataset.Problems) Console.WriteLine(problem);
        var buckets = dataset.Images.CountBy(i => (i.Placement.Width, i.Placement.Height)).OrderBy(b => b.Key);
        Console.WriteLine($"{dataset.Images.Count} pictures; {string.Join(", ", buckets.Select(b => $"{b.Value} at {b.Key.Width}x{b.Key.Height}"))}");
        trained = await LoraTrainer.TrainAsync(arguments.GetRequiredValue(model), dataset, folder, options, bar, cancellationToken);
    }

    await LossPlot.SaveAsync(bar.Curve, Path.Combine(folder, "loss.png"));
    Console.WriteLine($"{Path.GetFullPath(trained.KohyaFile)}   kohya's form: A1111, ComfyUI, this SDK");
    Console.WriteLine($"{Path.GetFullPath(trained.PeftFile)}   the form of diffusers");
    Console.WriteLine($"{Path.GetFullPath(Path.Combine(folder, "loss.png"))}   losses; logs for TensorBoard are in {Path.Combine(folder, "logs")}");
    return 0;
});

try
{
    return await root.Parse(args).InvokeAsync(new() { EnableDefaultExceptionHandler = false });
}
catch (Exception e) when (e is MultiModalException or ArgumentException or IOException or UnauthorizedAccessException or NotSupportedException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
catch (OperationCanceledException)
{
    await Console.Error.WriteLineAsync("Stopped; the same command goes on from the last checkpoint.");
    return 130;
}
