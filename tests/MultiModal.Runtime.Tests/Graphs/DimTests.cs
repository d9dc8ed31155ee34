using MultiModal.Runtime.Graphs;

namespace MultiModal.Runtime.Tests.Graphs;

public class DimTests
{
    static readonly Dim h = "h", w = "w", b = "b";

    [Fact]
    public void Sums_and_products_have_one_form()
    {
        Assert.Equal((h + w) * (h - w), (h * h) - (w * w));
        Assert.Equal(h + w + 3, 1 + w + 2 + h);
        Assert.Equal((h + w + 3).GetHashCode(), (1 + w + 2 + h).GetHashCode());
        Assert.Equal((Dim)0, h - h);
        Assert.Equal((h * w * 2) + (w * h), 3 * h * w);
        Assert.NotEqual(h * h, h);
    }

    [Fact]
    public void What_divides_evenly_is_divided()
    {
        Assert.Equal(4 * h, (((8 * h) + 2 - 3) / 2) + 1);
        Assert.Equal(h, h * w / w);
        Assert.Equal(2 * h * w, (4 * h * w * b) / (2 * b));
        Assert.Equal((Dim)1, (h + w) / (h + w));
        Assert.Equal(8 * h, h * w * 320 / (w * 40));
        Assert.Equal(h - 1, ((h * h) - 1) / (h + 1));
        Assert.Equal(b * 4, b * 320 * (w + 1) / ((w + 1) * 80));
    }

    [Fact]
    public void Quotients_that_do_not_come_out_even_have_one_form()
    {
        Assert.Equal((h / 2) + 1, (h + 2) / 2);
        Assert.Equal(h + (h / 2), 3 * h / 2);
        Assert.Equal(h / 4, h / 2 / 2);
        Assert.Equal((h + 2) / 4, ((h / 2) + 1) / 2);
        Assert.Equal(h / 2, ((2 * h) + 1) / 4);
        Assert.Equal(Dim.CeilingDivide(h, 4), Dim.CeilingDivide(Dim.CeilingDivide(h, 2), 2));
        Assert.Equal((h - 1) / 2, ((h + 1) / 2) - 1);
        Assert.NotEqual(h / 2, (h + 1) / 2);
        Assert.Equal("floor(h/2)", (h / 2).ToString());
    }

    [Fact]
    public void Numbers_are_rounded_down()
    {
        Assert.Equal((Dim)(-2), (Dim)(-3) / 2);
        Assert.Equal((Dim)(-2), (Dim)3 / -2);
        Assert.Equal((Dim)3, Dim.CeilingDivide(7, 3));
        Assert.Throws<DivideByZeroException>(() => h / 0);
        Assert.Throws<OverflowException>(() => (Dim)long.MaxValue * 2);
        Assert.Throws<OverflowException>(() => (Dim)long.MaxValue + 1);
    }

    [Fact]
    public void Symbolic_lengths_have_no_value_until_they_are_evaluated()
    {
        Assert.False(h.IsKnown);
        Assert.Throws<InvalidOperationException>(() => h.Value);
        Assert.Throws<KeyNotFoundException>(() => (h * w).Evaluate(new Dictionary<string, long> { ["h"] = 1 }));
        Assert.Equal(23, ((h * w) + (h / 2)).Evaluate(new Dictionary<string, long> { ["h"] = 5, ["w"] = 4 }) + 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Random_expressions_evaluate_to_what_they_say(int seed)
    {
        var random = new System.Random(seed);
        for (var round = 0; round < 500; round++)
        {
            var symbols = new Dictionary<string, long> { ["h"] = random.Next(0, 40), ["w"] = random.Next(1, 9), ["b"] = random.Next(1, 4) };
            var (dim, value) = Make(3);
            Assert.True(dim.Evaluate(symbols) == value, $"seed {seed}, round {round}: {dim} at {string.Join(", ", symbols)} should be {value}");

            (Dim Dim, long Value) Make(int depth)
            {
                var choice = random.Next(depth == 0 ? 2 : 7);
                if (choice == 0) return random.Next(-3, 9) is var n ? (n, n) : default;
                if (choice == 1) return symbols.ElementAt(random.Next(3)) is var s ? (Dim.Symbol(s.Key), s.Value) : default;
                var (x, xValue) = Make(depth - 1);
                var (y, yValue) = Make(depth - 1);
                if (choice == 2) return (x - y, xValue - yValue);
                if (choice == 3) return (x * y, xValue * yValue);
                if (choice == 4) return (x + y, xValue + yValue);
                if (choice == 5 && yValue != 0) return (x / y, Floor(xValue, yValue));
                var divisor = random.Next(1, 7);
                return (x / divisor, Floor(xValue, divisor));
            }
        }

        static long Floor(long a, long b) => (long)Math.Floor((decimal)a / b);
    }
}
