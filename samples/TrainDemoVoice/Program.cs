using System.CommandLine;
using MultiModal;
using TrainDemoVoice;

var work = new Option<string>("--work") { Description = "Where the corpus and the checkpoints go; several gigabytes.", DefaultValueFactory = _ => "artifacts/demo-voice" };
var model = new Option<string>("--model") { Description = "Where the finished model goes.", DefaultValueFactory = _ => "models/demo-voice" };
var steps = new Option<int?>("--steps") { Description = "Steps of the voice, instead of the preset's." };
var encoderSteps = new Option<int>("--encoder-steps") { Description = "Steps of the content encoder.", DefaultValueFactory = _ => 2500 };
var threads = new Option<int>("--threads") { Description = "Threads; 0 for all.", DefaultValueFactory = _ => 0 };

var root = new RootCommand("Makes models/demo-voice: a corpus by speech synthesisers, a content encoder, a voice with two speakers. Each part goes on where it was.");
Command Part(string name, string description, Func<Recipe, CancellationToken, Task> run)
{
    var command = new Command(name, description) { work, model, steps, encoderSteps, threads };
    command.SetAction((arguments, cancellationToken) => run(
        new(arguments.GetRequiredValue(work), arguments.GetRequiredValue(model), arguments.GetValue(steps), arguments.GetValue(encoderSteps), arguments.GetValue(threads)),
        cancellationToken));
    root.Add(command);
    return command;
}

Part("corpus", "Has flite and eSpeak NG speak (Debian packages flite, espeak-ng).", (r, c) => r.CorpusAsync(c));
Part("encoder", "Trains the content encoder.", (r, c) => r.EncoderAsync(c));
Part("voice", "Trains the voice.", (r, c) => r.VoiceAsync(c));
Part("export", "Writes the model.", (r, c) =>
{
    r.Export(c);
    return Task.CompletedTask;
});
Part("all", "All of it.", async (r, c) =>
{
    await r.CorpusAsync(c);
    await r.EncoderAsync(c);
    await r.VoiceAsync(c);
    r.Export(c);
});

try
{
    return await root.Parse(args).InvokeAsync(new() { EnableDefaultExceptionHandler = false });
}
catch (Exception e) when (e is MultiModalException or ArgumentException or IOException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
catch (OperationCanceledException)
{
    await Console.Error.WriteLineAsync("Cancelled; the same command goes on from the last checkpoint.");
    return 130;
}
