using System.CommandLine;
using MultiModal.Benchmarks;
using MultiModal.Benchmarks.DemoVoice;
using MultiModal.Benchmarks.DemoDiffusion;
using MultiModal.Benchmarks.Diffusion;
using MultiModal.Benchmarks.Graphs;
using MultiModal.Benchmarks.Host;
using MultiModal.Benchmarks.Latency;
using MultiModal.Benchmarks.Runtime;
using MultiModal.Benchmarks.Training;
using MultiModal.Benchmarks.Voice;

var root = new RootCommand("Measures MultiModal. Figures are ratios within one run of this program: machines are noisy, ratios less so.")
{
    FullSizeCommand.Create(),
    MemoryModesCommand.Create(),
    AccelerationsCommand.Create(),
    LoraCommand.Create(),
    MemoryCommand.Create(),
    LayersCommand.Create(),
    PassesCommand.Create(),
    VoiceCommand.Create(),
    TrainUNetCommand.Create(),
    TrainLoraCommand.Create(),
    DemoVoiceCommand.Create(),
    DemoDiffusionCommand.Create(),
    TargetsCommand.Create(),
    SuitesCommand.Create(),
    FramesCommand.Create(),
    OverheadCommand.Create(),
    ProfileCommand.Create(),
    HostCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
