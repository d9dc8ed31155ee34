using System.CommandLine;
using MultiModal;
using RealtimeVoice;

var model = new Option<string>("--model", "-m") { Description = "The generator, G_*.pth; config.json lies beside it.", Required = true };
var encoder = new Option<string?>("--encoder") { Description = "The content encoder's file or folder; looked for in pretrain/ by default." };
var speaker = new Option<string?>("--speaker", "-s") { Description = "The target speaker; the model's first by default." };
var transpose = new Option<double>("--transpose", "-t") { Description = "Semitones up." };
var rate = new Option<int>("--rate", "-r") { Description = "Samples a second, in and out.", DefaultValueFactory = _ => 48000 };
var block = new Option<int>("--block") { Description = "Milliseconds of a block.", DefaultValueFactory = _ => 250 };
var gate = new Option<double>("--gate") { Description = "What is quieter is silence, in dB.", DefaultValueFactory = _ => -60 };
var passthrough = new Option<bool>("--passthrough") { Description = "Let the sound through unchanged." };

var root = new RootCommand("""
    Converts a voice in real time: 16-bit mono PCM on standard input to the same on standard output.
    For example: arecord -t raw -f S16_LE -r 48000 -c 1 | RealtimeVoice -m alto/G_80000.pth | aplay -t raw -f S16_LE -r 48000 -c 1
    """)
{
    model, encoder, speaker, transpose, rate, block, gate, passthrough,
};
root.SetAction((arguments, cancellationToken) => Piping.RunAsync(
    arguments.GetRequiredValue(model), arguments.GetValue(encoder),
    new()
    {
        Speaker = arguments.GetValue(speaker),
        Transpose = arguments.GetValue(transpose),
        SampleRate = arguments.GetValue(rate),
        BlockLength = arguments.GetValue(rate) * arguments.GetValue(block) / 1000,
        GateDb = arguments.GetValue(gate),
    },
    arguments.GetValue(passthrough), cancellationToken));

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
    return 130;
}
