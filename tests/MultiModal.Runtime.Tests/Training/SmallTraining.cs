using MultiModal.Runtime.Random;
using MultiModal.Runtime.Training;
using MultiModal.Runtime.Training.Checkpoints;
using MultiModal.Runtime.Training.Optimizers;
using MultiModal.Runtime.Training.Schedules;

namespace MultiModal.Runtime.Tests.Training;

/// <summary>A training with everything that has a state: parameters, AdamW's moments, an average, a generator that draws the batches.</summary>
sealed class SmallTraining : IAsyncDisposable
{
    public const int Steps = 40;

    readonly TrainingSession session;
    readonly AdamW optimizer;
    readonly LearningRateSchedule schedule = LearningRateSchedule.Cosine(Steps, warmUp: 5);
    TorchRandom random = new(11);

    SmallTraining(TrainingSession session, ParameterSet parameters)
    {
        this.session = session;
        Parameters = parameters;
        optimizer = new(parameters, new() { LearningRate = 0.01 });
        Average = new(parameters, 0.9);
        State = new TrainingState().Add("parameters", parameters).Add("optimizer", optimizer).Add("average", Average)
            .Add("random", () => random.SaveState(), bytes => random = TorchRandom.FromState(bytes));
    }

    public ParameterSet Parameters { get; }

    public ParameterAverage Average { get; }

    public TrainingState State { get; }

    public static async Task<SmallTraining> CreateAsync()
    {
        var (graph, loss, parameters) = TrainingSessionTests.Network();
        return new(await TrainingSession.CreateAsync(graph, [new("loss", loss, parameters)], options: new() { Threads = 1, ShareThreadPool = false }), parameters);
    }

    public Task<TrainingStep> StepAsync(long step)
    {
        // Two batches a step, added up.
        var loss = 0f;
        for (var part = 0; part < 2; part++)
        {
            session.Run(TrainingSessionTests.Batch(random.NextUInt64()), accumulate: part > 0);
            loss += session.Loss("loss") / 2;
        }

        optimizer.LearningRateFactor = schedule.At(step);
        var report = optimizer.Step(gradientScale: 0.5, clipNorm: 1);
        Average.Update();
        return Task.FromResult(new TrainingStep(loss, report.GradientNorm));
    }

    public float[] Values() => [.. Parameters.SelectMany(p => p.Value.Floats.ToArray())];

    public ValueTask DisposeAsync() => session.DisposeAsync();
}
