using System.CommandLine;
using MultiModal;
using TrainDemoDiffusion;

var work = new Option<string>("--work") { Description = "Where pictures, checkpoints and logs go.", DefaultValueFactory = _ => "artifacts/demo-diffusion" };
var model = new Option<string>("--model") { Description = "The folder of the model.", DefaultValueFactory = _ => "artifacts/demo-diffusion/model" };
var lora = new Option<string>("--lora") { Description = "The folder of the line-art LoRA.", DefaultValueFactory = _ => "artifacts/demo-diffusion/line-art" };
var vaeSteps = new Option<int>("--vae-steps") { Description = "Steps of the autoencoder; 0 leaves it as it is.", DefaultValueFactory = _ => 2000 };
var unetSteps = new Option<int>("--unet-steps") { Description = "Steps of UNet and text encoder; 0 leaves them as they are.", DefaultValueFactory = _ => 3600 };
var loraSteps = new Option<int>("--lora-steps") { Description = "Steps of the line-art LoRA; 0 makes none.", DefaultValueFactory = _ => 400 };
var root = new RootCommand("Makes the demo diffusion model: emoji of 64x64 pixels from their names, and line art by a LoRA.") { work, model, lora, vaeSteps, unetSteps, loraSteps };
root.SetAction(async (arguments, cancellationToken) =>
{
    var training = new DemoTraining(arguments.GetRequiredValue(work), arguments.GetRequiredValue(model));
    await training.PrepareAsync(cancellationToken);
    if (arguments.GetValue(vaeSteps) is > 0 and var v) await training.TrainVaeAsync(v, cancellationToken);
    if (arguments.GetValue(unetSteps) is > 0 and var u) await training.TrainUNetAsync(u, cancellationToken);
    if (arguments.GetValue(loraSteps) is > 0 and var l) await training.TrainLoraAsync(arguments.GetRequiredValue(lora), l, cancellationToken);
    return 0;
});

try
{
    return await root.Parse(args).InvokeAsync(new() { EnableDefaultExceptionHandler = false });
}
catch (Exception e) when (e is MultiModalException or ArgumentException or InvalidOperationException or IOException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
catch (OperationCanceledException)
{
    await Console.Error.WriteLineAsync("Stopped; the same command goes on from the last checkpoint.");
    return 130;
}
