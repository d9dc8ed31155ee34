using MultiModal.Runtime.Training;
using MultiModal.Runtime.Training.Optimizers;

namespace MultiModal.Runtime.Tests.Training;

public class OptimizerTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(100_003)]
    public void Lion_moves_by_the_sign_of_the_mixed_gradient(int count)
    {
        var (parameter, value) = Parameter(count);
        var mean = new double[count];
        var optimizer = new Lion([parameter], new() { LearningRate = 0.01, Beta1 = 0.8, Beta2 = 0.95, WeightDecay = 0.1 });
        var random = new System.Random(2);
        for (var step = 0; step < 5; step++)
        {
            for (var i = 0; i < count; i++)
            {
                double g = parameter.Gradient.Floats[i] = random.NextSingle() - 0.4f;
                value[i] = (value[i] * (1 - (0.01 * 0.1))) - (0.01 * Math.Sign((0.8 * mean[i]) + (0.2 * g)));
                mean[i] = (0.95 * mean[i]) + (0.05 * g);
            }

            optimizer.Step();
        }

        for (var i = 0; i < count; i++) Assert.Equal(value[i], parameter.Value.Floats[i], 2e-6);
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(5, true)]
    [InlineData(70_001, true)]
    public void Prodigy_estimates_the_distance_as_its_authors_do(int count, bool correction)
    {
        var (parameter, x) = Parameter(count);
        double[] origin = [.. x];
        var (m, v, s) = (new double[count], new double[count], new double[count]);
        var (d, most, numerator) = (1e-6, 1e-6, 0.0);
        var optimizer = new Prodigy([parameter], new() { WeightDecay = 0.05, BiasCorrection = correction });
        for (var step = 1; step <= 30; step++)
        {
            var size = d * (correction ? Math.Sqrt(1 - Math.Pow(0.999, step)) / (1 - Math.Pow(0.9, step)) : 1);
            numerator *= Math.Sqrt(0.999);
            var denominator = 0.0;
            for (var i = 0; i < count; i++)
            {
                // A bowl whose bottom is at 1.
                double g = parameter.Gradient.Floats[i] = parameter.Value.Floats[i] - 1;
                numerator += d / 1e-6 * size * g * (origin[i] - x[i]);
                m[i] = (0.9 * m[i]) + (d * 0.1 * g);
                v[i] = (0.999 * v[i]) + (d * d * 0.001 * g * g);
                s[i] = (Math.Sqrt(0.999) * s[i]) + (d / 1e-6 * size * g);
                denominator += Math.Abs(s[i]);
            }

            var found = numerator / denominator;
            if (d == 1e-6) d = Math.Max(d, found);
            most = Math.Max(most, found);
            d = most;
            for (var i = 0; i < count; i++) x[i] = (x[i] * (1 - (0.05 * size))) - (size * m[i] / (Math.Sqrt(v[i]) + (d * 1e-8)));
            optimizer.Step();
        }

        // The estimate feeds on differences of parameters that are nearly equal at first: float32 leaves some per mille of it.
        Assert.InRange(optimizer.Distance / d, 0.98, 1.02);
        for (var i = 0; i < count; i++) Assert.Equal(x[i], parameter.Value.Floats[i], 0.02 * Math.Abs(x[i] - origin[i]) + 1e-6);
    }

    [Fact]
    public void Prodigy_needs_no_learning_rate()
    {
        var (parameter, _) = Parameter(50);
        var optimizer = new Prodigy([parameter]);
        for (var step = 0; step < 400; step++)
        {
            for (var i = 0; i < 50; i++) parameter.Gradient.Floats[i] = parameter.Value.Floats[i] - 3;
            optimizer.Step();
        }

        Assert.All(parameter.Value.Floats.ToArray(), value => Assert.InRange(value, 2.7, 3.3));
    }

    static (TrainableParameter Parameter, double[] Value) Parameter(int count)
    {
        var random = new System.Random(1);
        var parameter = new ParameterSet().Add("p", TensorData.Zeros(DType.Float32, count));
        var value = new double[count];
        for (var i = 0; i < count; i++) value[i] = parameter.Value.Floats[i] = random.NextSingle() - 0.5f;
        return (parameter, value);
    }
}
