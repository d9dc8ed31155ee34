using System.CommandLine;
using MultiModal;
using MultiModal.Diffusion.Generation;
using MultiModal.Runtime.Sessions;
using TextToImage;

var model = new Option<string>("--model", "-m") { Description = "The model: a folder as diffusers saves it.", Required = true };
var prompt = new Option<string>("--prompt", "-p") { Description = "What the picture shows.", Required = true };
var negative = new Option<string?>("--negative", "-n") { Description = "What it must not show." };
var output = new Option<string>("--output", "-o") { Description = "The PNG to write; several pictures are numbered.", DefaultValueFactory = _ => "picture.png" };
var width = new Option<int?>("--width") { Description = "Pixels, a multiple of 8; by default what the model was made for." };
var height = new Option<int?>("--height") { Description = "Pixels, a multiple of 8; by default what the model was made for." };
var steps = new Option<int>("--steps") { Description = "Sampling steps.", DefaultValueFactory = _ => 25 };
var guidance = new Option<float>("--guidance") { Description = "How strongly the prompt guides; 1 is without guidance.", DefaultValueFactory = _ => 7.5f };
var scheduler = new Option<string?>("--scheduler") { Description = "DDIMScheduler, EulerDiscreteScheduler, ...; by default the model's own." };
var karras = new Option<bool?>("--karras") { Description = "Karras sigmas." };
var seed = new Option<long?>("--seed") { Description = "The seed; random by default." };
var count = new Option<int>("--count") { Description = "How many pictures.", DefaultValueFactory = _ => 1 };
var preview = new Option<string?>("--preview") { Description = "A PNG that shows the picture as it comes about." };
var previewEvery = new Option<int>("--preview-every") { Description = "After how many steps the preview is written anew.", DefaultValueFactory = _ => 5 };
var device = new Option<Device>("--device") { Description = "What to run on.", DefaultValueFactory = _ => Device.Auto };
var describe = new Option<bool>("--describe") { Description = "Say what the networks run on, and what was tried." };

var root = new RootCommand("Draws a picture from a prompt with Stable Diffusion.")
{
    model, prompt, negative, output, width, height, steps, guidance, scheduler, karras, seed, count, preview, previewEvery, device, describe,
};
root.SetAction((arguments, cancellationToken) => Drawing.RunAsync(
    new(
        arguments.GetRequiredValue(model), arguments.GetRequiredValue(output), arguments.GetValue(preview), arguments.GetValue(device), arguments.GetValue(describe),
        new(arguments.GetRequiredValue(prompt))
        {
            NegativePrompt = arguments.GetValue(negative),
            Width = arguments.GetValue(width),
            Height = arguments.GetValue(height),
            Steps = arguments.GetValue(steps),
            Guidance = arguments.GetValue(guidance),
            Scheduler = arguments.GetValue(scheduler),
            KarrasSigmas = arguments.GetValue(karras),
            Seed = arguments.GetValue(seed),
            Count = arguments.GetValue(count),
            PreviewEvery = arguments.GetValue(preview) is null ? 0 : arguments.GetValue(previewEvery),
        }),
    cancellationToken));

try
{
    return await root.Parse(args).InvokeAsync(new() { EnableDefaultExceptionHandler = false });
}
catch (Exception e) when (e is MultiModalException or ArgumentException or IOException or UnauthorizedAccessException)
{
    // Errors of this SDK are written for the reader: the stack would only hide them.
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
catch (OperationCanceledException)
{
    await Console.Error.WriteLineAsync("Cancelled.");
    return 130;
}
