using System.Diagnostics;
using System.Globalization;
using MultiModal.Runtime.Tests.Sessions;
using MultiModal.Runtime.Training;
using MultiModal.Runtime.Training.Checkpoints;
using MultiModal.Runtime.Weights;
using MultiModal.Testing;

namespace MultiModal.Runtime.Tests.Training;

[Collection(SessionCollection.Name)]
public class TrainingRunTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(39)]
    public async Task A_training_that_was_cancelled_goes_on_to_the_same_losses_and_weights(int at)
    {
        using var folder = new TemporaryFolder();
        await using var whole = await SmallTraining.CreateAsync();
        var expected = new List<double>();
        await new TrainingRun(whole.State, null, SmallTraining.Steps).RunAsync(Recorded(whole, expected));

        var losses = new List<double>();
        await using (var first = await SmallTraining.CreateAsync())
        {
            using var cancel = new CancellationTokenSource();
            var run = new TrainingRun(first.State, new(folder.Path), SmallTraining.Steps, checkpointEvery: 7);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.RunAsync(step =>
            {
                if (step == at - 1) cancel.Cancel();
                return Recorded(first, losses)(step);
            }, null, cancel.Token));
        }

        Assert.Equal(at, losses.Count);
        await using var second = await SmallTraining.CreateAsync();
        await new TrainingRun(second.State, new(folder.Path), SmallTraining.Steps, checkpointEvery: 7).RunAsync(Recorded(second, losses));
        Assert.Equal(expected, losses);
        Assert.Equal(whole.Values(), second.Values());
        Assert.Equal(whole.Average.AsWeights().Find("first.weight")!.ToFloat32().Floats.ToArray(), second.Average.AsWeights().Find("first.weight")!.ToFloat32().Floats.ToArray());
        var kept = Directory.EnumerateFiles(folder.Path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal).ToList();
        Assert.Equal((2, "step-00000040.safetensors"), (kept.Count, kept[^1]));
    }

    [Fact]
    public async Task A_training_that_was_killed_again_and_again_comes_to_the_same_weights()
    {
        using var folder = new TemporaryFolder();
        var whole = folder.File("whole.safetensors");
        using (var undisturbed = Start(folder.File("a"), whole))
        {
            await undisturbed.StandardOutput.ReadToEndAsync();
            await undisturbed.WaitForExitAsync();
        }

        Assert.True(File.Exists(whole), "The training that nothing disturbs did not end.");

        var (interrupted, killed) = (folder.File("interrupted.safetensors"), 0);
        var random = new System.Random(3);
        for (var start = 0; start < 40 && !File.Exists(interrupted); start++)
        {
            using var process = Start(folder.File("b"), interrupted);
            var steps = random.Next(1, 15);
            while (steps > 0 && await process.StandardOutput.ReadLineAsync() is not null) steps--;
            if (steps == 0 && killed < 3)
            {
                process.Kill();
                killed++;
            }

            await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
        }

        Assert.Equal(3, killed);
        Assert.Equal(File.ReadAllBytes(whole), File.ReadAllBytes(interrupted));
    }

    [Fact]
    public async Task A_step_that_is_not_finite_is_named_and_leaves_the_last_checkpoint()
    {
        using var folder = new TemporaryFolder();
        await using var training = await SmallTraining.CreateAsync();
        var run = new TrainingRun(training.State, new(folder.Path), SmallTraining.Steps, checkpointEvery: 5);
        var error = await Assert.ThrowsAsync<TrainingDivergedException>(() => run.RunAsync(step =>
        {
            if (step == 12) training.Parameters["first.bias"].Value.Floats[0] = float.NaN;
            return training.StepAsync(step);
        }));
        Assert.Equal(12, error.Step);
        Assert.Contains("Step 12", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("step-00000010.safetensors", new CheckpointFolder(folder.Path).Newest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_tells_the_step_and_the_loss()
    {
        await using var training = await SmallTraining.CreateAsync();
        var told = new Told();
        await new TrainingRun(training.State, null, 5).RunAsync(training.StepAsync, told);
        Assert.Equal([1, 2, 3, 4, 5], told.All.Select(p => p.Step));
        Assert.All(told.All, p => Assert.True(p.Loss > 0 && p.GradientNorm > 0 && p.Total == 5));
    }

    [Fact]
    public async Task A_checkpoint_of_another_training_is_refused()
    {
        using var folder = new TemporaryFolder();
        await using var training = await SmallTraining.CreateAsync();
        var checkpoints = new CheckpointFolder(folder.Path);
        var parameters = new ParameterSet();
        parameters.Add("first.weight", TensorData.Zeros(DType.Float32, 2, 2));
        checkpoints.Save(new TrainingState().Add("parameters", parameters));
        Assert.Contains("another training", Assert.Throws<InvalidFileException>(() => checkpoints.TryResume(training.State)).Message, StringComparison.Ordinal);

        checkpoints.Save(training.State);
        var less = new TrainingState().Add("parameters", training.Parameters);
        Assert.Contains("no use for", Assert.Throws<InvalidFileException>(() => less.Load(checkpoints.Newest!)).Message, StringComparison.Ordinal);

        SafetensorsWriter.Write(folder.File("step-00000009.safetensors"), training.Parameters.AsWeights());
        Assert.Contains("no checkpoint", Assert.Throws<InvalidFileException>(() => checkpoints.TryResume(training.State)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_average_follows_and_can_be_exchanged()
    {
        var parameters = new ParameterSet();
        var parameter = parameters.Add("p", TensorData.Of([1f, 2f], 2));
        var average = new ParameterAverage(parameters, 0.75, warmUp: false);
        parameter.Value.Floats[0] = 5;
        average.Update();
        average.Exchange();
        Assert.Equal([2f, 2f], parameter.Value.Floats.ToArray());
        average.Exchange();
        Assert.Equal([5f, 2f], parameter.Value.Floats.ToArray());
    }

    /// <summary>The same training in a process of its own: what a child is started with.</summary>
    internal static async Task RunAloneAsync(string checkpoints, string result)
    {
        await using var training = await SmallTraining.CreateAsync();
        var lines = new Lines();
        await new TrainingRun(training.State, new(checkpoints), SmallTraining.Steps, checkpointEvery: 3).RunAsync(training.StepAsync, lines);
        SafetensorsWriter.Write(result, training.Parameters.AsWeights());
    }

    static Func<long, Task<TrainingStep>> Recorded(SmallTraining training, List<double> losses) => async step =>
    {
        var result = await training.StepAsync(step);
        losses.Add(result.Loss);
        return result;
    };

    static Process Start(string checkpoints, string result)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (var argument in (string[])["exec", typeof(TrainingRunTests).Assembly.Location, "train", checkpoints, result]) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    sealed class Told : IProgress<TrainingProgress>
    {
        public List<TrainingProgress> All { get; } = [];

        public void Report(TrainingProgress value) => All.Add(value);
    }

    sealed class Lines : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            Console.Out.WriteLine(value.Step.ToString(CultureInfo.InvariantCulture));
            Console.Out.Flush();

            // Long enough for a kill to meet any step.
            Thread.Sleep(5);
        }
    }
}
