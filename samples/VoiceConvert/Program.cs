using System.CommandLine;
using MultiModal;
using MultiModal.Audio;
using MultiModal.Runtime.Sessions;
using MultiModal.Voice.Conversion;
using MultiModal.Voice.Diffusion;
using VoiceConvert;

var model = new Option<string>("--model", "-m") { Description = "The generator, G_*.pth; config.json lies beside it.", Required = true };
var input = new Option<string[]>("--input", "-i") { Description = "The WAV files to convert.", Required = true, AllowMultipleArgumentsPerToken = true };
var output = new Option<string>("--output", "-o") { Description = "The WAV file to write; a folder for several inputs.", Required = true };
var config = new Option<string?>("--config", "-c") { Description = "The config.json, where it is not beside the model." };
var encoder = new Option<string?>("--encoder") { Description = "The content encoder's file or folder; looked for in pretrain/ by default." };
var speaker = new Option<string?>("--speaker", "-s") { Description = "The target speaker; the model's first by default." };
var mix = new Option<string[]>("--mix") { Description = "A mix of speakers instead: name=weight ...", AllowMultipleArgumentsPerToken = true };
var transpose = new Option<double>("--transpose", "-t") { Description = "Semitones up." };
var pitch = new Option<PitchMethod>("--pitch") { Description = "How pitch is found.", DefaultValueFactory = _ => PitchMethod.Auto };
var threshold = new Option<double>("--pitch-threshold") { Description = "Confidence a voiced frame needs, for networks.", DefaultValueFactory = _ => 0.05 };
var predict = new Option<bool>("--predict-pitch", "-a") { Description = "Predict the target's pitch: speech only." };
var cluster = new Option<string?>("--cluster") { Description = "A k-means model or retrieval indexes." };
var ratio = new Option<double>("--cluster-ratio") { Description = "How much comes from the clusters, 0 to 1." };
var noise = new Option<float>("--noise-scale") { Description = "Randomness of the prior.", DefaultValueFactory = _ => 0.4f };
var seed = new Option<ulong>("--seed") { Description = "The seed.", DefaultValueFactory = _ => 52468 };
var silence = new Option<double>("--silence-db") { Description = "What is quieter is silence.", DefaultValueFactory = _ => -40 };
var padding = new Option<double>("--padding") { Description = "Seconds of silence around a slice.", DefaultValueFactory = _ => 0.5 };
var clip = new Option<double>("--clip") { Description = "Cut every so many seconds by force; 0 for at silences only." };
var overlap = new Option<double>("--overlap") { Description = "Seconds by which forced slices overlap." };
var retained = new Option<double>("--overlap-retained") { Description = "The part of the overlap that is faded.", DefaultValueFactory = _ => 0.75 };
var loudness = new Option<double>("--loudness") { Description = "1 keeps the model's loudness, 0 takes the source's.", DefaultValueFactory = _ => 1 };
var rate = new Option<int?>("--rate") { Description = "The output's rate in Hz; the model's by default." };
var curves = new Option<string?>("--mix-file") { Description = "A mix that changes, as JSON: {\"alto\": [[0, 0.5, 1, 0], [0.5, 1, 0, 1]], ...}, each line being begin, end, weight at both." };
var longest = new Option<double>("--longest-slice") { Description = "Seconds after which a slice is cut without a silence.", DefaultValueFactory = _ => 60 };
var batch = new Option<int>("--batch") { Description = "How many slices are under way at once, also of several files.", DefaultValueFactory = _ => 1 };
var diffusion = new Option<string?>("--diffusion") { Description = "A diffusion model, model_*.pt, that refines the sound; its config.yaml lies beside it." };
var steps = new Option<int>("--steps") { Description = "Steps of noise it takes away.", DefaultValueFactory = _ => 100 };
var speedup = new Option<int?>("--speedup") { Description = "Steps it takes at once; as its config says by default." };
var sampler = new Option<MelSampler?>("--sampler") { Description = "How it takes them; as its config says by default." };
var second = new Option<bool>("--second-encoding") { Description = "Give it content units of the converted sound." };
var enhance = new Option<bool>("--enhance") { Description = "Make the sound anew by the vocoder." };
var enhancerKey = new Option<double>("--enhancer-key") { Description = "Semitones by which the enhancer hears it lower." };
var vocoder = new Option<string?>("--vocoder") { Description = "NSF-HiFiGAN, for diffusion and the enhancer; looked for in pretrain/ by default." };
var encoding = new Option<WavEncoding>("--encoding") { Description = "How samples are stored.", DefaultValueFactory = _ => WavEncoding.Pcm16 };
var download = new Option<bool>("--download") { Description = "Download encoders and pitch networks that are missing." };
var picture = new Option<string?>("--picture") { Description = "A PNG with both spectrograms and pitch curves." };
var device = new Option<Device>("--device") { Description = "What to run on.", DefaultValueFactory = _ => Device.Auto };

var root = new RootCommand("Converts the voice in a file with So-VITS-SVC.")
{
    model, input, output, config, encoder, speaker, mix, transpose, pitch, threshold, predict, cluster, ratio, noise, seed, silence, padding, clip, overlap, retained,
    loudness, rate, curves, longest, batch, diffusion, steps, speedup, sampler, second, enhance, enhancerKey, vocoder, encoding, download, picture, device,
};
root.SetAction((arguments, cancellationToken) => Converting.RunAsync(
    arguments.GetRequiredValue(model), arguments.GetRequiredValue(input), arguments.GetRequiredValue(output), arguments.GetValue(picture), arguments.GetValue(encoding),
    new VoiceModelOptions
    {
        DiffusionPath = arguments.GetValue(diffusion),
        VocoderPath = arguments.GetValue(vocoder),
        Downloader = arguments.GetValue(download) ? new() : null,
        DownloadProgress = new DownloadBar(),
        ConfigPath = arguments.GetValue(config),
        EncoderPath = arguments.GetValue(encoder),
        ClusterPath = arguments.GetValue(cluster),
        Runtime = new() { Device = arguments.GetValue(device) },
    },
    new ConversionOptions
    {
        Speaker = arguments.GetValue(speaker),
        Mix = Mixes.Read(arguments.GetValue(mix), arguments.GetValue(curves)),
        Transpose = arguments.GetValue(transpose),
        Pitch = arguments.GetValue(pitch),
        PitchThreshold = arguments.GetValue(threshold),
        PredictPitch = arguments.GetValue(predict),
        ClusterRatio = arguments.GetValue(ratio),
        NoiseScale = arguments.GetValue(noise),
        Seed = arguments.GetValue(seed),
        SilenceThresholdDb = arguments.GetValue(silence),
        Padding = TimeSpan.FromSeconds(arguments.GetValue(padding)),
        Clip = TimeSpan.FromSeconds(arguments.GetValue(clip)),
        Overlap = TimeSpan.FromSeconds(arguments.GetValue(overlap)),
        OverlapRetained = arguments.GetValue(retained),
        LoudnessAdjustment = arguments.GetValue(loudness),
        OutputSampleRate = arguments.GetValue(rate),
        LongestSlice = TimeSpan.FromSeconds(arguments.GetValue(longest)),
        MaxBatch = arguments.GetValue(batch),
        Enhance = arguments.GetValue(enhance),
        EnhancerKey = arguments.GetValue(enhancerKey),
        Diffusion = arguments.GetValue(diffusion) is null ? null : new()
        {
            Steps = arguments.GetValue(steps), Speedup = arguments.GetValue(speedup), Sampler = arguments.GetValue(sampler), SecondEncoding = arguments.GetValue(second),
        },
    },
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
