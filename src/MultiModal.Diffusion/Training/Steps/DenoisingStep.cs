using MultiModal.Diffusion.Training.Data;
using MultiModal.Diffusion.Training.Latents;
using MultiModal.Diffusion.Training.Objectives;
using MultiModal.Diffusion.Training.Texts;
using MultiModal.Runtime;
using MultiModal.Runtime.Random;
using MultiModal.Runtime.Training;

namespace MultiModal.Diffusion.Training.Steps;

/// <summary>
/// One run of a denoiser's training: takes the pictures of a step, gives each noise of a timestep, and computes loss and gradients. All that is
/// drawn for a row depends on the seed and on the row's number in the whole training alone.
/// </summary>
sealed class DenoisingStep : IAsyncDisposable
{
    /// <summary>What sessions call the loss they train.</summary>
    public const string TrainedLoss = "trained loss";

    readonly SessionsByShape sessions;
    readonly DenoisingObjective objective;
    readonly ITextInput texts;
    readonly IReadOnlyList<(PictureSource Source, BatchPlan Plan)> sources;
    readonly RowOptions options;
    readonly int batch;

    public DenoisingStep(SessionsByShape sessions, DenoisingObjective objective, ITextInput texts, IReadOnlyList<PictureSource> sources, RowOptions options)
    {
        (this.sessions, this.objective, this.texts, this.options) = (sessions, objective, texts, options);
        this.sources = [.. sources.Select((s, i) => (s, new BatchPlan(s.Dataset.Images, s.Batch, SampleSeed.Mix(options.Seed, (ulong)i, 0x50))))];
        batch = sources.Sum(s => s.Batch);
    }

    /// <summary>How many runs visit every picture of the first source once.</summary>
    public int RunsAnEpoch => sources[0].Plan.BatchesAnEpoch;

    /// <summary>Runs.</summary>
    /// <param name="run">The run's number in the whole training, from 0.</param>
    /// <param name="accumulate">Whether its gradients are added to those there are.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <returns>The loss.</returns>
    public async Task<float> RunAsync(long run, bool accumulate, CancellationToken cancellationToken)
    {
        var rows = sources.SelectMany(s => s.Plan.Batch(run).Select(picture => (s.Source, Picture: picture))).ToList();
        var shape = rows[0].Source.Latents[rows[0].Picture, false];
        var (session, inputs) = await sessions.GetAsync(shape.Height, shape.Width, cancellationToken).ConfigureAwait(false);
        for (var row = 0; row < batch; row++) Fill(inputs, row, (run * batch) + row, rows[row].Source, rows[row].Picture);
        await session.RunAsync(inputs, accumulate, cancellationToken).ConfigureAwait(false);
        return session.Loss(TrainedLoss);
    }

    public ValueTask DisposeAsync() => sessions.DisposeAsync();

    void Fill(IReadOnlyDictionary<string, TensorData> inputs, int row, long number, PictureSource source, int picture)
    {
        var random = new TorchRandom(SampleSeed.Mix(options.Seed, (ulong)number, 0x12));
        var timestep = (int)random.Integer(options.FirstTimestep, options.EndTimestep);
        var mirrored = options.Mirror && random.Integer(0, 2) == 1;
        var captions = source.Dataset.Images[picture].Captions;
        var caption = captions[(int)random.Integer(0, captions.Count)];
        Span<float> chance = stackalloc float[1];
        random.Uniform(chance);
        texts.Fill(inputs, row, chance[0] < options.CaptionDropout ? "" : caption);

        var latent = source.Latents[picture, mirrored];
        var (drawn, noise) = (new float[latent.Length], new float[latent.Length]);
        random.Normal(noise);
        latent.Draw(noise, drawn);
        random.Normal(noise);
        if (options.NoiseOffset > 0) AddOffset(random, noise, latent);
        var from = row * latent.Length;
        objective.AddNoise(drawn, noise, timestep, inputs[DenoisingGraph.Sample].Floats.Slice(from, latent.Length));
        objective.Target(drawn, noise, timestep, inputs[DenoisingGraph.Target].Floats.Slice(from, latent.Length));
        inputs[DenoisingGraph.Timestep].Floats[row] = timestep;
        var weight = options.MinSnrGamma is { } gamma ? objective.MinSnrWeight(timestep, gamma) : 1;
        inputs[DenoisingGraph.Weights].Floats[row] = weight * source.Share / source.Batch;
        if (inputs.TryGetValue(DenoisingGraph.Sizes, out var sizes)) WriteSizes(source.Dataset.Images[picture], sizes.Floats.Slice(row * 6, 6));
    }

    /// <summary>One number for each channel, which lets the model learn very dark and very light pictures (Guttenberg 2023).</summary>
    void AddOffset(TorchRandom random, Span<float> noise, PictureLatent latent)
    {
        Span<float> offsets = stackalloc float[latent.Channels];
        random.Normal(offsets);
        var area = latent.Height * latent.Width;
        for (var i = 0; i < noise.Length; i++) noise[i] += options.NoiseOffset * offsets[i / area];
    }

    /// <summary>SDXL: the size of the file, where it is cut, the size trained at; heights before widths.</summary>
    static void WriteSizes(TrainingImage image, Span<float> sizes)
    {
        var place = image.Placement;
        ReadOnlySpan<float> values =
            [image.Height, image.Width, (place.ScaledHeight - place.Height) / 2, (place.ScaledWidth - place.Width) / 2, place.Height, place.Width];
        values.CopyTo(sizes);
    }
}
