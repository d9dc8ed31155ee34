using System.CommandLine;
using LoraMix;
using MultiModal;

var model = new Option<string>("--model", "-m") { Description = "The model: a folder as diffusers saves it, or a single file.", Required = true };
var loras = new Option<string[]>("--lora", "-l") { Description = "An adapter's file, its weight after a colon: ink.safetensors:0.8. May be given several times.", AllowMultipleArgumentsPerToken = true };
var prompt = new Option<string?>("--prompt", "-p") { Description = "Draw this, without the adapters, with each, and with all." };
var output = new Option<string>("--output", "-o") { Description = "The PNG to write: the pictures side by side.", DefaultValueFactory = _ => "mix.png" };
var size = new Option<int?>("--size") { Description = "Pixels of a side; by default what the model was made for." };
var steps = new Option<int>("--steps") { Description = "Sampling steps.", DefaultValueFactory = _ => 20 };
var seed = new Option<long>("--seed") { Description = "The seed of all pictures.", DefaultValueFactory = _ => 7 };
var fuse = new Option<string?>("--fuse") { Description = "Write all adapters, with their weights, as one LoRA to this file." };
var merge = new Option<string?>("--merge") { Description = "Write the model with the adapters merged into it to this .safetensors file." };

var root = new RootCommand("Shows what LoRAs do, alone and together; writes several as one, or into a model.") { model, loras, prompt, output, size, steps, seed, fuse, merge };
root.SetAction((arguments, cancellationToken) => Mixing.RunAsync(
    new(
        arguments.GetRequiredValue(model), arguments.GetValue(loras) ?? [], arguments.GetValue(prompt), arguments.GetRequiredValue(output), arguments.GetValue(size),
        arguments.GetValue(steps), arguments.GetValue(seed), arguments.GetValue(fuse), arguments.GetValue(merge)),
    cancellationToken));

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
