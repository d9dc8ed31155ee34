using System.Globalization;
using System.Text;

namespace MultiModal.AspNetCore.Grpc.Wire;

/// <summary>The texts of gRPC's headers (PROTOCOL-HTTP2.md).</summary>
internal static class GrpcHeaders
{
    public const string ContentType = "application/grpc";
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string Timeout = "grpc-timeout";
    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";
    public const string RetryPushback = "grpc-retry-pushback-ms";

    /// <summary>The longest time a timer takes, and more than any call lasts.</summary>
    static readonly TimeSpan Longest = TimeSpan.FromDays(24);

    /// <summary>"application/grpc", with a message format ("+proto") or parameters behind it.</summary>
    public static bool IsGrpc(string? contentType) =>
        contentType is not null
        && contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == ContentType.Length || contentType[ContentType.Length] is ';' or '+');

    /// <summary>1 to 8 digits and a unit: H, M, S, m, u or n.</summary>
    /// <returns>False where it is not of that form.</returns>
    public static bool TryParseTimeout(string text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > 9 || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            return false;
        double ticks = text[^1] switch
        {
            'H' => TimeSpan.TicksPerHour,
            'M' => TimeSpan.TicksPerMinute,
            'S' => TimeSpan.TicksPerSecond,
            'm' => TimeSpan.TicksPerMillisecond,
            'u' => TimeSpan.TicksPerMicrosecond,
            'n' => 1.0 / TimeSpan.NanosecondsPerTick,
            _ => -1,
        };
        if (ticks < 0)
            return false;
        timeout = value * ticks >= Longest.Ticks ? Longest : TimeSpan.FromTicks((long)(value * ticks));
        return true;
    }

    /// <summary>Percent-encodes what is not printable ASCII, and the percent sign, byte by byte of UTF-8.</summary>
    public static string EncodeMessage(string message)
    {
        if (message.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 && !message.Contains('%', StringComparison.Ordinal))
            return message;
        var text = new StringBuilder(message.Length + 16);
        foreach (var value in System.Text.Encoding.UTF8.GetBytes(message))
        {
            if (value is >= (byte)' ' and <= (byte)'~' and not (byte)'%')
                text.Append((char)value);
            else
                text.Append('%').Append(value.ToString("X2", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
