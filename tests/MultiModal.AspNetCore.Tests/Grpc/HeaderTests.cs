using MultiModal.AspNetCore.Grpc.Wire;

namespace MultiModal.AspNetCore.Tests.Grpc;

public sealed class HeaderTests
{
    [Theory]
    [InlineData("1H", 3_600_000)]
    [InlineData("2M", 120_000)]
    [InlineData("10S", 10_000)]
    [InlineData("250m", 250)]
    [InlineData("5000u", 5)]
    [InlineData("99999999n", 99.9999)]
    [InlineData("0m", 0)]
    public void Timeouts_are_read(string text, double milliseconds)
    {
        Assert.True(GrpcHeaders.TryParseTimeout(text, out var timeout));
        Assert.Equal(milliseconds, timeout.TotalMilliseconds, 3);
    }

    [Fact]
    public void The_longest_timeout_is_one_that_a_timer_takes()
    {
        Assert.True(GrpcHeaders.TryParseTimeout("99999999H", out var timeout));
        using var timer = new CancellationTokenSource(timeout);
        Assert.False(timer.IsCancellationRequested);
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("10")]
    [InlineData("10s")]
    [InlineData("-1S")]
    [InlineData("+1S")]
    [InlineData(" 1S")]
    [InlineData("1.5S")]
    [InlineData("123456789S")]
    public void Other_texts_are_no_timeouts(string text) => Assert.False(GrpcHeaders.TryParseTimeout(text, out _));

    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("100% wrong", "100%25 wrong")]
    [InlineData("two\nlines", "two%0Alines")]
    [InlineData("锦鲤", "%E9%94%A6%E9%B2%A4")]
    public void Messages_are_percent_encoded(string text, string expected)
    {
        Assert.Equal(expected, GrpcHeaders.EncodeMessage(text));
        Assert.Equal(text, Uri.UnescapeDataString(expected));
    }

    [Theory]
    [InlineData("application/grpc", true)]
    [InlineData("application/grpc+proto", true)]
    [InlineData("application/grpc; charset=utf-8", true)]
    [InlineData("application/grpc-web", false)]
    [InlineData("application/json", false)]
    [InlineData(null, false)]
    public void Calls_are_known_by_their_type(string? type, bool expected) => Assert.Equal(expected, GrpcHeaders.IsGrpc(type));
}
