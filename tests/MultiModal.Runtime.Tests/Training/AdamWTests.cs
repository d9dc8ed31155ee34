using MultiModal.Runtime.Training;
using MultiModal.Runtime.Training.Optimizers;

namespace MultiModal.Runtime.Tests.Training;

public class AdamWTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(100_003)]
    public void Steps_are_those_of_the_paper(int count)
    {
        var parameters = new ParameterSet();
        var parameter = parameters.Add("p", TensorData.Zeros(DType.Float32, count));
        var random = new System.Random(1);
        var (value, mean, square) = (new double[count], new double[count], new double[count]);
        for (var i = 0; i < count; i++) value[i] = parameter.Value.Floats[i] = random.NextSingle() - 0.5f;
        var options = new AdamWOptions { LearningRate = 0.01, Beta1 = 0.8, Beta2 = 0.99, WeightDecay = 0.1 };
        var optimizer = new AdamW(parameters, options);
        for (var step = 1; step <= 5; step++)
        {
            for (var i = 0; i < count; i++)
            {
                double g = parameter.Gradient.Floats[i] = random.NextSingle() - 0.4f;
                value[i] *= 1 - (0.01 * 0.1);
                mean[i] = (0.8 * mean[i]) + (0.2 * g);
                square[i] = (0.99 * square[i]) + (0.01 * g * g);
                value[i] -= 0.01 * (mean[i] / (1 - Math.Pow(0.8, step))) / (Math.Sqrt(square[i] / (1 - Math.Pow(0.99, step))) + 1e-8);
            }

            optimizer.Step();
        }

        for (var i = 0; i < count; i++) Assert.Equal(value[i], parameter.Value.Floats[i], 2e-6);
        Assert.Equal(5, optimizer.Steps);
    }

    [Fact]
    public void Gradients_are_clipped_by_their_common_norm()
    {
        var parameters = new ParameterSet();
        foreach (var name in (string[])["a", "b"]) parameters.Add(name, TensorData.Zeros(DType.Float32, 1)).Gradient.Floats[0] = name == "a" ? 3 : 4;

        // With beta1 = 0 and an epsilon that outweighs the root, the step is the clipped gradient over epsilon.
        var optimizer = new AdamW(parameters, new() { LearningRate = 1, Beta1 = 0, Epsilon = 1e6, WeightDecay = 0 });
        var report = optimizer.Step(gradientScale: 0.5, clipNorm: 1);
        Assert.Equal(2.5, report.GradientNorm, 1e-6);
        Assert.Equal(-0.6e-6, parameters["a"].Value.Floats[0], 1e-10);
        Assert.Equal(-0.8e-6, parameters["b"].Value.Floats[0], 1e-10);
    }

    [Fact]
    public void A_gradient_that_is_not_finite_changes_nothing()
    {
        var parameters = new ParameterSet();
        parameters.Add("a", TensorData.Of([1f, 2f], 2)).Gradient.Floats[1] = float.NaN;
        var optimizer = new AdamW(parameters);
        Assert.False(optimizer.Step().Applied);
        Assert.Equal([1f, 2f], parameters["a"].Value.Floats.ToArray());
        Assert.Equal(0, optimizer.Steps);
    }

    [Fact]
    public void Groups_have_learning_rates_of_their_own()
    {
        var parameters = new ParameterSet();
        foreach (var name in (string[])["a", "b"]) parameters.Add(name, TensorData.Zeros(DType.Float32, 1)).Gradient.Floats[0] = 1;
        var optimizer = new AdamW(
            [new ParameterGroup([parameters["a"]]) { LearningRate = 0.1 }, new ParameterGroup([parameters["b"]])], new() { LearningRate = 0.01, WeightDecay = 0 })
        {
            LearningRateFactor = 0.5,
        };
        optimizer.Step();
        Assert.Equal(-0.05, parameters["a"].Value.Floats[0], 1e-6);
        Assert.Equal(-0.005, parameters["b"].Value.Floats[0], 1e-6);
    }
}
