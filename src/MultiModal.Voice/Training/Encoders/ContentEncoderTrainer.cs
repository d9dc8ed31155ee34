using System.Text.Json;
using MultiModal.Runtime;
using MultiModal.Runtime.Graphs;
using MultiModal.Runtime.Layers;
using MultiModal.Runtime.Random;
using MultiModal.Runtime.Sessions;
using MultiModal.Runtime.Training;
using MultiModal.Runtime.Training.Checkpoints;
using MultiModal.Runtime.Training.Optimizers;
using MultiModal.Runtime.Training.Schedules;
using MultiModal.Runtime.Weights;
using MultiModal.Voice.Content;

namespace MultiModal.Voice.Training.Encoders;

/// <summary>
/// Trains a content encoder of HuBERT's shape on speech whose phonemes are known: many voices saying the same phonemes teach it what is common to
/// them. Labels are thirds of phonemes, so that units tell how far a sound has come.
/// </summary>
public static class ContentEncoderTrainer
{
    const int Thirds = 3, MeasuredEvery = 250;

    /// <summary>Trains an encoder and writes it as Hugging Face's models are: model.safetensors and config.json.</summary>
    /// <param name="speech">What it learns from.</param>
    /// <param name="heldOut">Speech by other voices, on which it is measured; may be empty.</param>
    /// <param name="folder">Where the model goes; made where it is missing.</param>
    /// <param name="options">Sizes and steps.</param>
    /// <param name="runtime">Devices and threads; null for the defaults.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellationToken">Ends the training with a checkpoint; the same call goes on from it.</param>
    /// <exception cref="ArgumentException">There is no speech, or an option is out of range.</exception>
    /// <exception cref="TrainingDivergedException">The loss or a gradient is no longer a number; the message names the step.</exception>
    public static async Task TrainAsync(
        IReadOnlyList<LabelledSpeech> speech, IReadOnlyList<LabelledSpeech> heldOut, string folder, ContentEncoderOptions options, RuntimeOptions? runtime = null,
        IProgress<EncoderProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(speech);
        ArgumentNullException.ThrowIfNull(heldOut);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (speech.Count == 0) throw new ArgumentException("There is no speech to learn from.", nameof(speech));

        var config = Config(options);
        var (graph, loss) = Build(config, options);
        var parameters = new ParameterSet();
        parameters.AddFresh(graph, new TorchRandom(options.Seed));
        FilterBankStart.Fill(parameters["feature_extractor.conv_layers.0.conv.weight"].Value);
        await using var session = await TrainingSession.CreateAsync(
            graph, [new TrainingLoss("loss", loss, parameters)], options: runtime, name: "the content encoder's training", cancellationToken: cancellationToken).ConfigureAwait(false);
        var optimizer = new AdamW(parameters, new() { LearningRate = options.LearningRate, Beta2 = 0.98 });
        var schedule = LearningRateSchedule.Cosine(options.Steps, options.Steps / 10);
        var batches = new EncoderBatches(options, config.Reach, Thirds);
        var states = Path.Combine(folder, "state");
        var state = new TrainingState().Add("encoder", parameters).Add("optimizer", optimizer);
        await new TrainingRun(state, new CheckpointFolder(states, keep: 1), options.Steps, MeasuredEvery).RunAsync(
            async step =>
            {
                await session.RunAsync(batches.Fill(speech, (ulong)step), cancellationToken: CancellationToken.None).ConfigureAwait(false);
                var (loss, accuracy) = (session.Loss("loss"), batches.Accuracy(session.Output("scores")));
                optimizer.LearningRateFactor = schedule.At(step);
                var report = float.IsFinite(loss) ? optimizer.Step(clipNorm: 1) : new(double.NaN, false);
                var done = (int)step + 1;
                var measures = heldOut.Count > 0 && (done == options.Steps || done % MeasuredEvery == 0);
                progress?.Report(new(done, options.Steps, loss, accuracy, measures ? Measure(session, batches, heldOut) : null));
                return new(loss, report.GradientNorm);
            },
            cancellationToken: cancellationToken).ConfigureAwait(false);

        await WriteAsync(folder, parameters, options, cancellationToken).ConfigureAwait(false);
        Directory.Delete(states, recursive: true);
    }

    static double Measure(TrainingSession session, EncoderBatches batches, IReadOnlyList<LabelledSpeech> heldOut)
    {
        const int Runs = 4;
        var sum = 0.0;
        for (var i = 0; i < Runs; i++)
        {
            session.Run(batches.Fill(heldOut, ulong.MaxValue - (ulong)i));
            sum += batches.Accuracy(session.Output("scores"));
        }

        return sum / Runs;
    }

    static HubertConfig Config(ContentEncoderOptions options) => new()
    {
        ConvChannels = options.ConvChannels,
        ConvKernels = options.ConvKernels,
        ConvStrides = options.ConvStrides,
        ConvBias = false,
        LayerNormFeatures = false,
        Hidden = options.Hidden,
        Intermediate = options.Intermediate,
        Heads = options.Heads,
        Layers = options.Layers,
        PositionKernel = 16,
        PositionGroups = options.Heads,
        NormFirst = false,
    };

    /// <summary>Inputs: wave [batch, samples], labels [batch, units, classes] (a 1 at the right one). Outputs: scores, and the loss.</summary>
    static (Graph Graph, Tensor Loss) Build(HubertConfig config, ContentEncoderOptions options)
    {
        var graph = new Graph();
        var classes = options.Labels.Count * Thirds;
        var wave = graph.Input("wave", DType.Float32, options.Batch, ((options.Units - 1) * 320) + config.Reach);
        var labels = graph.Input("labels", DType.Float32, options.Batch, options.Units, classes);
        var states = new HubertNetwork(graph.Root, config, options.Layers).Forward(wave);
        var scores = new Linear(graph.Root["classifier"], options.Hidden, classes).Forward(states[^1]);
        graph.Output("scores", scores);
        var centred = scores - Ops.StopGradient(Ops.ReduceMax(scores, [2], keep: true));
        var likelihood = centred - Ops.Log(Ops.Sum(Ops.Exp(centred), [2], keep: true));
        return (graph, Ops.Sum(likelihood * labels) * (-1f / (options.Batch * options.Units)));
    }

    static async Task WriteAsync(string folder, ParameterSet parameters, ContentEncoderOptions options, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var kept = parameters.Where(p => !p.Name.StartsWith("classifier.", StringComparison.Ordinal) && (Layer(p.Name) ?? 0) < options.UnitLayer)
            .Select(p => KeyValuePair.Create(p.Name, p.Value));
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), kept, new Dictionary<string, string> { ["format"] = "pt" }, cancellationToken);
        var config = new
        {
            model_type = "hubert",
            hidden_size = options.Hidden,
            intermediate_size = options.Intermediate,
            num_hidden_layers = options.UnitLayer,
            num_attention_heads = options.Heads,
            conv_dim = options.ConvChannels,
            conv_kernel = options.ConvKernels,
            conv_stride = options.ConvStrides,
            conv_bias = false,
            feat_extract_norm = "group",
            num_conv_pos_embeddings = 16,
            num_conv_pos_embedding_groups = options.Heads,
            do_stable_layer_norm = false,
            layer_norm_eps = 1e-5,
        };
        await File.WriteAllTextAsync(Path.Combine(folder, "config.json"), JsonSerializer.Serialize(config, IndentedJson.Options), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>"encoder.layers.2.layer_norm.weight" is of layer 2.</summary>
    static int? Layer(string name) =>
        name.Split('.') is ["encoder", "layers", var number, ..] ? int.Parse(number, System.Globalization.CultureInfo.InvariantCulture) : null;
}
