using System.CommandLine;
using MultiModal;
using MultiModal.Runtime.Sessions;
using MultiModal.Voice.Training;
using MultiModal.Voice.Training.Data;
using TrainVoice;

var clips = new Option<string>("--clips") { Description = "The folder of prepared clips.", DefaultValueFactory = _ => "clips" };
var recordings = new Option<string>("--recordings") { Description = "A folder with a folder of WAV files for each speaker.", Required = true };
var rate = new Option<int>("--rate") { Description = "The model's rate in Hz.", DefaultValueFactory = _ => 44100 };
var variants = new Option<bool>("--variants") { Description = "Add each clip at other speeds and pitches, as small data sets need." };
var prepare = new Command("prepare", "Checks recordings and cuts them into clips.") { recordings, clips, rate, variants };
prepare.SetAction((a, c) => Training.PrepareAsync(
    a.GetRequiredValue(recordings), a.GetRequiredValue(clips),
    a.GetValue(variants) ? VoiceAdaptation.Preparation(a.GetValue(rate)) : new DatasetOptions { SampleRate = a.GetValue(rate) }, c));

var preset = new Option<string>("--preset") { Description = string.Join("; ", Presets.All.Select(p => $"{p.Key}: {p.Value.Description}")), DefaultValueFactory = _ => "4.1" };
preset.AcceptOnlyFromAmong([.. Presets.All.Keys]);
var config = new Option<string?>("--config") { Description = "A config.json instead of a preset." };
var output = new Option<string>("--output") { Description = "Where checkpoints go; a run there goes on.", DefaultValueFactory = _ => "logs/voice" };
var encoder = new Option<string>("--encoder") { Description = "The content encoder's name.", DefaultValueFactory = _ => "vec768l12" };
var encoderPath = new Option<string?>("--encoder-path") { Description = "Its file or folder; looked for in pretrain/ by default." };
var generator = new Option<string?>("--base-generator") { Description = "G_0.pth of a base model." };
var discriminator = new Option<string?>("--base-discriminator") { Description = "D_0.pth of a base model." };
var stage = new Option<TrainingStage>("--stage") { Description = "Which parts are trained.", DefaultValueFactory = _ => TrainingStage.Full };
var steps = new Option<long?>("--steps") { Description = "The step to end at; by epochs otherwise." };
var epochs = new Option<int?>("--epochs") { Description = "Epochs." };
var batch = new Option<int?>("--batch") { Description = "Clips in a step." };
var accumulate = new Option<int?>("--accumulate") { Description = "Steps whose gradients are added up." };
var learningRate = new Option<double?>("--learning-rate") { Description = "The learning rate." };
var crop = new Option<int>("--crop") { Description = "The most frames of a clip in a step.", DefaultValueFactory = _ => 790 };
var device = new Option<Device>("--device") { Description = "What to run on.", DefaultValueFactory = _ => Device.Auto };

async Task<VoiceTrainingConfig> ConfigAsync(ParseResult a, CancellationToken c)
{
    var read = a.GetValue(config) is { } path ? await VoiceTrainingConfig.LoadAsync(path, c) : Presets.All[a.GetRequiredValue(preset)].Config;
    return read with
    {
        Epochs = a.GetValue(epochs) ?? read.Epochs,
        BatchSize = a.GetValue(batch) ?? read.BatchSize,
        GradientAccumulationSteps = a.GetValue(accumulate) ?? read.GradientAccumulationSteps,
        LearningRate = a.GetValue(learningRate) ?? read.LearningRate,
    };
}

var train = new Command("train", "Trains a voice.") { clips, preset, config, output, encoder, encoderPath, generator, discriminator, stage, steps, epochs, batch, accumulate, learningRate, crop, device };
train.SetAction(async (a, c) => await Training.TrainAsync(
    a.GetRequiredValue(clips), a.GetRequiredValue(encoder), a.GetValue(encoderPath),
    new()
    {
        Config = await ConfigAsync(a, c),
        Folder = a.GetRequiredValue(output),
        BaseGenerator = a.GetValue(generator),
        BaseDiscriminator = a.GetValue(discriminator),
        Stage = a.GetValue(stage),
        Discriminator = Presets.All[a.GetRequiredValue(preset)].Discriminator,
        Steps = a.GetValue(steps),
        CropFrames = a.GetValue(crop),
        Runtime = new() { Device = a.GetValue(device) },
    },
    adapt: false, c));

var adapt = new Command("adapt", "Adapts a base voice to a few minutes of a new one.") { clips, preset, config, output, encoder, encoderPath, generator, discriminator, steps, device };
adapt.SetAction(async (a, c) =>
{
    var options = VoiceAdaptation.Options(
        await ConfigAsync(a, c), a.GetValue(generator) ?? throw new ArgumentException("--base-generator is needed."), a.GetValue(discriminator), a.GetRequiredValue(output));
    options = options with { Steps = a.GetValue(steps) ?? options.Steps, Runtime = new() { Device = a.GetValue(device) } };
    await Training.TrainAsync(a.GetRequiredValue(clips), a.GetRequiredValue(encoder), a.GetValue(encoderPath), options, adapt: true, c);
});

var root = new RootCommand("Trains voices for So-VITS-SVC: recordings to clips, clips to a model, or a base model to a new voice.") { prepare, train, adapt };
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
    await Console.Error.WriteLineAsync("Cancelled; the same command goes on from the checkpoint.");
    return 130;
}
