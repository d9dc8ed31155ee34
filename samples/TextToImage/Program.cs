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
var scheduler = new Option<string?>("--scheduler") { Description = "DDIMScheduler, \"DPM++ 2M Karras\", dpmpp_2m, ...; by default the model's own." };
var karras = new Option<bool?>("--karras") { Description = "Karras sigmas." };
var scheduleType = new Option<string?>("--schedule-type") { Description = "How noise levels are spaced, by A1111's name: Karras, Exponential, SGM Uniform, ..." };
var clipSkip = new Option<int?>("--clip-skip") { Description = "The layer of the text encoder that is read, from the last: 1, 2, ..." };
var plain = new Option<bool>("--plain") { Description = "Read the prompt as plain text, not in A1111's syntax." };
var rescale = new Option<float>("--guidance-rescale") { Description = "How far guided predictions get their spread back, 0 to 1." };
var guidanceTo = new Option<float>("--guidance-to") { Description = "The share of the steps after which guidance ends, which saves half of the rest.", DefaultValueFactory = _ => 1 };
var init = new Option<string?>("--init") { Description = "A PNG to begin with (image to image)." };
var strength = new Option<float>("--strength") { Description = "How much of it is drawn anew, 0 to 1.", DefaultValueFactory = _ => 0.75f };
var mask = new Option<string?>("--mask") { Description = "A PNG of its size: white is drawn anew." };
var maskedOnly = new Option<bool>("--masked-only") { Description = "Draw only what is around the mask, at full size, and put it back." };
var control = new Option<string?>("--control") { Description = "A ControlNet's folder or file." };
var controlImage = new Option<string?>("--control-image") { Description = "The PNG it follows." };
var controlScale = new Option<float>("--control-scale") { Description = "How strongly it steers.", DefaultValueFactory = _ => 1 };
var canny = new Option<bool>("--canny") { Description = "Take the edges of the ControlNet's picture." };
var enlarge = new Option<float?>("--enlarge") { Description = "A second pass, so many times larger." };
var tiles = new Option<bool>("--tiles") { Description = "Draw in overlapping tiles of the model's size." };
var caching = new Option<float>("--step-caching") { Description = "Leave foretold steps out; 1 is usual." };
var safety = new Option<string?>("--safety") { Description = "A folder safety_checker: unsafe pictures are blurred." };
var philox = new Option<bool>("--philox") { Description = "Noise as on CUDA devices instead of as on processors." };
var subSeed = new Option<long?>("--sub-seed") { Description = "The seed of a variation." };
var subStrength = new Option<float>("--sub-strength") { Description = "How far the noise goes to it, 0 to 1." };
var tiny = new Option<string?>("--tiny") { Description = "A tiny autoencoder (TAESD) for previews: a folder or the decoder's file." };
var tinyDecode = new Option<bool>("--tiny-decode") { Description = "Decode the picture by it, too." };
var loras = new Option<string?>("--loras") { Description = "A folder of LoRAs, which the prompt calls by name: <lora:ink:0.8>." };
var embeddings = new Option<string?>("--embeddings") { Description = "A folder of textual inversions, which the prompt names." };
var upscaler = new Option<string?>("--upscaler") { Description = "An ESRGAN or Real-ESRGAN file for --enlarge." };
var watermark = new Option<bool>("--watermark") { Description = "Mark the picture invisibly, as diffusers marks SDXL's." };
var seed = new Option<long?>("--seed") { Description = "The seed; random by default." };
var count = new Option<int>("--count") { Description = "How many pictures.", DefaultValueFactory = _ => 1 };
var preview = new Option<string?>("--preview") { Description = "A PNG that shows the picture as it comes about." };
var previewEvery = new Option<int>("--preview-every") { Description = "After how many steps the preview is written anew.", DefaultValueFactory = _ => 5 };
var device = new Option<Device>("--device") { Description = "What to run on.", DefaultValueFactory = _ => Device.Auto };
var describe = new Option<bool>("--describe") { Description = "Say what the networks run on, and what was tried." };

var root = new RootCommand("Draws a picture from a prompt with Stable Diffusion.")
{
    model, prompt, negative, output, width, height, steps, guidance, scheduler, karras, scheduleType, clipSkip, plain, rescale, guidanceTo, seed,
    count, init, strength, mask, maskedOnly, control, controlImage, controlScale, canny, enlarge, upscaler, tiles, loras, embeddings, watermark, caching, safety, philox, subSeed, subStrength, tiny, tinyDecode, preview, previewEvery,
    device, describe,
};
root.SetAction(async (arguments, cancellationToken) => await Drawing.RunAsync(
    new(
        arguments.GetRequiredValue(model), arguments.GetRequiredValue(output), arguments.GetValue(preview), arguments.GetValue(device), arguments.GetValue(describe),
        arguments.GetValue(tiny), arguments.GetValue(safety), arguments.GetValue(loras), arguments.GetValue(embeddings), arguments.GetValue(upscaler), arguments.GetValue(watermark),
        arguments.GetValue(control) is { } network && arguments.GetValue(controlImage) is { } followed
            ? new(network, followed, arguments.GetValue(controlScale), arguments.GetValue(canny)) : null,
        new(arguments.GetRequiredValue(prompt))
        {
            NegativePrompt = arguments.GetValue(negative),
            Width = arguments.GetValue(width),
            Height = arguments.GetValue(height),
            Steps = arguments.GetValue(steps),
            Guidance = arguments.GetValue(guidance),
            Scheduler = arguments.GetValue(scheduler),
            KarrasSigmas = arguments.GetValue(karras),
            ScheduleType = arguments.GetValue(scheduleType),
            ClipSkip = arguments.GetValue(clipSkip),
            PromptSyntax = !arguments.GetValue(plain),
            GuidanceRescale = arguments.GetValue(rescale),
            GuidanceTo = arguments.GetValue(guidanceTo),
            Init = await PictureFiles.LoadAsync(arguments.GetValue(init), cancellationToken),
            Strength = arguments.GetValue(strength),
            Mask = await PictureFiles.LoadAsync(arguments.GetValue(mask), cancellationToken),
            MaskedOnly = arguments.GetValue(maskedOnly),
            HighResolution = arguments.GetValue(enlarge) is { } times ? new() { Scale = times } : null,
            Tiles = arguments.GetValue(tiles) ? new() : null,
            StepCaching = arguments.GetValue(caching),
            Noise = arguments.GetValue(philox) ? NoiseKind.Philox : NoiseKind.TorchCpu,
            SubSeed = arguments.GetValue(subSeed),
            SubSeedStrength = arguments.GetValue(subStrength),
            TinyDecoding = arguments.GetValue(tinyDecode),
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
