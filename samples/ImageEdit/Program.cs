using System.CommandLine;
using ImageEdit;
using MultiModal;

var model = new Option<string>("--model", "-m") { Description = "The model: a folder as diffusers saves it, or a single file.", Required = true, Recursive = true };
var input = new Option<string>("--input", "-i") { Description = "The PNG to begin with.", Required = true, Recursive = true };
var prompt = new Option<string>("--prompt", "-p") { Description = "What the picture is to show.", Required = true, Recursive = true };
var negative = new Option<string?>("--negative", "-n") { Description = "What it must not show.", Recursive = true };
var output = new Option<string>("--output", "-o") { Description = "The PNG to write.", DefaultValueFactory = _ => "edited.png", Recursive = true };
var steps = new Option<int>("--steps") { Description = "Sampling steps.", DefaultValueFactory = _ => 25, Recursive = true };
var strength = new Option<float>("--strength") { Description = "How much is drawn anew, 0 to 1.", DefaultValueFactory = _ => 0.75f, Recursive = true };
var seed = new Option<long?>("--seed") { Description = "The seed; random by default.", Recursive = true };
var mask = new Option<string>("--mask") { Description = "A PNG of the picture's size: white is drawn anew.", Required = true };
var maskedOnly = new Option<bool>("--masked-only") { Description = "Draw only what is around the mask, at full size, and put it back." };
var padding = new Option<int>("--padding") { Description = "Pixels kept around the mask with --masked-only.", DefaultValueFactory = _ => 32 };
var blur = new Option<int>("--mask-blur") { Description = "How far the mask's edge is softened, in pixels.", DefaultValueFactory = _ => 4 };
var left = new Option<int>("--left") { Description = "Pixels to add." };
var top = new Option<int>("--top") { Description = "Pixels to add." };
var right = new Option<int>("--right") { Description = "Pixels to add." };
var bottom = new Option<int>("--bottom") { Description = "Pixels to add." };
var control = new Option<string>("--control") { Description = "A ControlNet's folder or file.", Required = true };
var scale = new Option<float>("--control-scale") { Description = "How strongly it steers.", DefaultValueFactory = _ => 1 };
var canny = new Option<bool>("--canny") { Description = "Follow the edges of the picture, not the picture itself." };
var upscaler = new Option<string>("--upscaler") { Description = "An ESRGAN or Real-ESRGAN file.", Required = true };

Editing Task(ParseResult arguments) => new(
    arguments.GetRequiredValue(model), arguments.GetRequiredValue(input), arguments.GetRequiredValue(output),
    new(arguments.GetRequiredValue(prompt))
    {
        NegativePrompt = arguments.GetValue(negative), Steps = arguments.GetValue(steps), Strength = arguments.GetValue(strength), Seed = arguments.GetValue(seed),
    });

var variation = new Command("image", "Draws a picture anew, as far as --strength says.");
variation.SetAction((arguments, cancellationToken) => Task(arguments).FromImageAsync(cancellationToken));
var inpaint = new Command("inpaint", "Draws what is under a mask anew.") { mask, maskedOnly, padding, blur };
inpaint.SetAction((arguments, cancellationToken) => Task(arguments).InpaintAsync(
    arguments.GetRequiredValue(mask), arguments.GetValue(maskedOnly), arguments.GetValue(padding), arguments.GetValue(blur), cancellationToken));
var outpaint = new Command("outpaint", "Makes a picture larger by what may lie around it.") { left, top, right, bottom };
outpaint.SetAction((arguments, cancellationToken) => Task(arguments).OutpaintAsync(
    arguments.GetValue(left), arguments.GetValue(top), arguments.GetValue(right), arguments.GetValue(bottom), cancellationToken));
var follow = new Command("control", "Draws a new picture that follows this one through a ControlNet.") { control, scale, canny };
follow.SetAction((arguments, cancellationToken) => Task(arguments).FollowAsync(
    arguments.GetRequiredValue(control), arguments.GetValue(scale), arguments.GetValue(canny), cancellationToken));
var enlarge = new Command("enlarge", "Enlarges a picture by a network and draws its details anew.") { upscaler };
enlarge.SetAction((arguments, cancellationToken) => Task(arguments).EnlargeAsync(arguments.GetRequiredValue(upscaler), cancellationToken));

var root = new RootCommand("Changes pictures with Stable Diffusion.") { model, input, prompt, negative, output, steps, strength, seed, variation, inpaint, outpaint, follow, enlarge };
try
{
    return await root.Parse(args).InvokeAsync(new() { EnableDefaultExceptionHandler = false });
}
catch (Exception e) when (e is MultiModalException or ArgumentException or IOException or UnauthorizedAccessException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
catch (OperationCanceledException)
{
    await Console.Error.WriteLineAsync("Cancelled.");
    return 130;
}
