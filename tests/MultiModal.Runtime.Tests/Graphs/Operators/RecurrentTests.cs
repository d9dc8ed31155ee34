using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Tests.Graphs.Operators;

public class RecurrentTests
{
    const int Hidden = 4, Inputs = 3, Time = 5, Batch = 2;

    [Theory]
    [InlineData(1, true, false)]
    [InlineData(2, true, false)]
    [InlineData(1, false, true)]
    [InlineData(2, true, true)]
    public void Gated_units_equal_their_recurrence(int directions, bool resetAfter, bool started)
    {
        var (x, w, r, b) = (Nd.Random(1, Time, Batch, Inputs), Nd.Random(2, directions, 3 * Hidden, Inputs), Nd.Random(3, directions, 3 * Hidden, Hidden), Nd.Random(4, directions, 6 * Hidden));
        var initial = Nd.Random(5, directions, Batch, Hidden).Map(v => started ? v : 0);
        var (all, last) = Unroll(directions, (d, n, t, h, _) =>
        {
            double Input(int gate, int j) => Enumerable.Range(0, Inputs).Sum(k => x[t, n, k] * w[d, (gate * Hidden) + j, k]) + b[d, (gate * Hidden) + j];
            double State(int gate, int j, double[] state) =>
                Enumerable.Range(0, Hidden).Sum(k => state[k] * r[d, (gate * Hidden) + j, k]) + b[d, ((gate + 3) * Hidden) + j];
            double[] update = [.. Enumerable.Range(0, Hidden).Select(j => Sigmoid(Input(0, j) + State(0, j, h)))];
            double[] reset = [.. Enumerable.Range(0, Hidden).Select(j => Sigmoid(Input(1, j) + State(1, j, h)))];
            double[] damped = [.. h.Zip(reset, (a, c) => a * c)];
            double[] candidate = [.. Enumerable.Range(0, Hidden).Select(j => Math.Tanh(Input(2, j) + (resetAfter ? reset[j] * State(2, j, h) : State(2, j, damped))))];
            return [.. h.Select((v, j) => ((1 - update[j]) * candidate[j]) + (update[j] * v))];
        }, initial);
        Tensor[] Build(Tensor[] t)
        {
            var (states, end) = Ops.Gru(t[0], t[1], t[2], t[3], started ? t[4] : null, resetAfter);
            return [states, end];
        }

        OperatorCheck.Equal("all", t => Build(t)[0], all, (input, axis) => (input == 0 && axis < 2) || (input == 4 && axis == 1), x, w, r, b, initial);
        OperatorCheck.Equal("last", t => Build(t)[1], last, (input, axis) => (input == 0 && axis < 2) || (input == 4 && axis == 1), x, w, r, b, initial);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Long_short_term_memory_equals_its_recurrence(int directions)
    {
        var (x, w, r, b) = (Nd.Random(6, Time, Batch, Inputs), Nd.Random(7, directions, 4 * Hidden, Inputs), Nd.Random(8, directions, 4 * Hidden, Hidden), Nd.Random(9, directions, 8 * Hidden));
        var (all, last) = Unroll(directions, (d, n, t, h, cell) =>
        {
            double Gate(int gate, int j) => Enumerable.Range(0, Inputs).Sum(k => x[t, n, k] * w[d, (gate * Hidden) + j, k])
                + Enumerable.Range(0, Hidden).Sum(k => h[k] * r[d, (gate * Hidden) + j, k]) + b[d, (gate * Hidden) + j] + b[d, ((gate + 4) * Hidden) + j];
            var next = new double[Hidden];
            for (var j = 0; j < Hidden; j++)
            {
                cell[j] = (Sigmoid(Gate(2, j)) * cell[j]) + (Sigmoid(Gate(0, j)) * Math.Tanh(Gate(3, j)));
                next[j] = Sigmoid(Gate(1, j)) * Math.Tanh(cell[j]);
            }

            return next;
        }, Nd.Of([directions, Batch, Hidden], _ => 0));
        OperatorCheck.Equal("all", t => Ops.Lstm(t[0], t[1], t[2], t[3]).All, all, (input, axis) => input == 0 && axis < 2, x, w, r, b);
        OperatorCheck.Equal("last", t => Ops.Lstm(t[0], t[1], t[2], t[3]).Last, last, (input, axis) => input == 0 && axis < 2, x, w, r, b);
    }

    [Fact]
    public void Weights_must_fit()
    {
        var graph = new Graph();
        Tensor In(params ReadOnlySpan<Dim> shape) => graph.Input($"input{graph.Inputs.Count}", DType.Float32, shape);
        Assert.Throws<GraphException>(() => Ops.Gru(In(5, 2, 3), In(1, 12, 4), In(1, 12, 4), In(1, 24)));
        Assert.Throws<GraphException>(() => Ops.Gru(In(5, 2, 3), In(1, 12, 3), In(1, 12, 4), In(1, 12)));
        Assert.Throws<GraphException>(() => Ops.Lstm(In(5, 2, 3), In(1, 12, 3), In(1, 12, 4), In(1, 24)));
    }

    delegate double[] Step(int direction, int row, int time, double[] state, double[] cell);

    static (Nd All, Nd Last) Unroll(int directions, Step step, Nd initial)
    {
        var (all, last) = (Nd.Of([Time, directions, Batch, Hidden], _ => 0), Nd.Of([directions, Batch, Hidden], _ => 0));
        for (var d = 0; d < directions; d++)
        {
            for (var n = 0; n < Batch; n++)
            {
                double[] state = [.. Enumerable.Range(0, Hidden).Select(j => initial[d, n, j])];
                var cell = new double[Hidden];
                for (var i = 0; i < Time; i++)
                {
                    var t = d == 0 ? i : Time - 1 - i;
                    state = step(d, n, t, state, cell);
                    for (var j = 0; j < Hidden; j++) all[t, d, n, j] = state[j];
                }

                for (var j = 0; j < Hidden; j++) last[d, n, j] = state[j];
            }
        }

        return (all, last);
    }

    static double Sigmoid(double v) => 1 / (1 + Math.Exp(-v));
}
