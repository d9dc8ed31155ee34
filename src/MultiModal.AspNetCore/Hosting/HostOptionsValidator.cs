using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using MultiModal.AspNetCore.Access.Jwt;
using MultiModal.AspNetCore.Access.Network;
using MultiModal.AspNetCore.Limits;

namespace MultiModal.AspNetCore.Hosting;

/// <summary>Checks the options, all of them at once: every mistake is named, none is found by a caller.</summary>
internal sealed class HostOptionsValidator : IValidateOptions<MultiModalHostOptions>
{
    public ValidateOptionsResult Validate(string? name, MultiModalHostOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = new List<string>();
        CheckTokens(options.Access.Jwt, problems);
        foreach (var (number, key) in options.Access.ApiKeys.Index())
        {
            Check(!string.IsNullOrWhiteSpace(key.Name), $"Access.ApiKeys[{number}] needs a Name.", problems);
            Check(key.Hash.Length == 64 && key.Hash.All(char.IsAsciiHexDigit), $"Access.ApiKeys[{number}].Hash is the SHA-256 of the key: 64 hexadecimal digits.", problems);
        }

        foreach (var origin in options.Access.AllowedOrigins)
        {
            Check(
                Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && origin == uri.GetLeftPart(UriPartial.Authority),
                $"Access.AllowedOrigins: '{origin}' is not an origin such as https://studio.example.", problems);
        }

        Try(() => AddressList.Parse(options.Network.Allowed), "Network.Allowed", problems);
        Try(() => AddressList.Parse(options.Network.TrustedProxies), "Network.TrustedProxies", problems);
        CheckLimits(options.Limits, problems);
        Check(options.Jobs.KeepFor > TimeSpan.Zero, "Jobs.KeepFor is above zero.", problems);
        Check(options.Jobs.MaximumPerCaller >= 1, "Jobs.MaximumPerCaller is 1 or more.", problems);
        Check(options.Jobs.MaximumResultBytes >= 1, "Jobs.MaximumResultBytes is 1 or more.", problems);
        Check(options.Grpc.MaximumReceivedBytes is >= 1024 and <= 1 << 30, "Grpc.MaximumReceivedBytes is from 1 KiB to 1 GiB.", problems);
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems.Select(static problem => $"MultiModal host: {problem}"));
    }

    static void CheckTokens(JwtOptions tokens, List<string> problems)
    {
        if (!tokens.HasKeys)
            return;
        Try(() => _ = new JwtKeyRing(tokens, TimeProvider.System, NullLogger.Instance), "Access.Jwt", problems);
        Check(tokens.Issuers.Any(static issuer => issuer.Length > 0), "Access.Jwt.Issuers names at least one issuer: otherwise whoever shares a key could let anyone in.", problems);
        Check(tokens.Audiences.Any(static audience => audience.Length > 0), "Access.Jwt.Audiences names at least one audience: otherwise tokens for other hosts would do.", problems);
        Check(tokens.ClockSkew >= TimeSpan.Zero && tokens.ClockSkew <= TimeSpan.FromMinutes(5), "Access.Jwt.ClockSkew is from 0 to 5 minutes.", problems);
        Check(tokens.MaximumLength is >= 256 and <= 64 << 10, "Access.Jwt.MaximumLength is from 256 to 65536.", problems);
    }

    static void CheckLimits(LimitOptions limits, List<string> problems)
    {
        Check(limits.RequestsPerSecondAndAddress >= 1, "Limits.RequestsPerSecondAndAddress is 1 or more.", problems);
        Check(limits.RequestsPerSecondAndCaller >= 1, "Limits.RequestsPerSecondAndCaller is 1 or more.", problems);
        Check(limits.MaximumUploadBytes is >= 1024 and <= 1L << 30, "Limits.MaximumUploadBytes is from 1 KiB to 1 GiB.", problems);
        Check(limits.MaximumUploadBytesInFlight >= limits.MaximumUploadBytes, "Limits.MaximumUploadBytesInFlight is at least Limits.MaximumUploadBytes.", problems);
        Check(limits.UploadTimeout > TimeSpan.Zero, "Limits.UploadTimeout is above zero.", problems);
        Check(limits.MaximumJsonBytes is >= 256 and <= 16 << 20, "Limits.MaximumJsonBytes is from 256 bytes to 16 MiB.", problems);
        Check(limits.MaximumAudioDuration > TimeSpan.Zero && limits.MaximumAudioDuration <= TimeSpan.FromHours(2), "Limits.MaximumAudioDuration is up to 2 hours.", problems);
        Check(limits.MaximumPixels is >= 64 and <= 1 << 27, "Limits.MaximumPixels is from 64 to 134217728.", problems);
        Check(limits.MaximumImages is >= 1 and <= 64, "Limits.MaximumImages is from 1 to 64.", problems);
        Check(limits.MaximumSteps is >= 1 and <= 1000, "Limits.MaximumSteps is from 1 to 1000.", problems);
        Check(limits.MaximumPromptLength >= 1, "Limits.MaximumPromptLength is 1 or more.", problems);
        Check(limits.StreamIdleTimeout > TimeSpan.Zero, "Limits.StreamIdleTimeout is above zero.", problems);
        foreach (var (queue, name) in new[] { (limits.Images, "Images"), (limits.Voice, "Voice"), (limits.VoiceStreams, "VoiceStreams") })
        {
            Check(queue.Concurrency is >= 1 and <= 1024, $"Limits.{name}.Concurrency is from 1 to 1024.", problems);
            Check(queue.Length is >= 0 and <= 100_000, $"Limits.{name}.Length is from 0 to 100000.", problems);
        }
    }

    static void Try(Action action, string setting, List<string> problems)
    {
        try
        {
            action();
        }
        catch (FormatException error)
        {
            problems.Add($"{setting}: {error.Message}");
        }
    }

    static void Check(bool holds, string problem, List<string> problems)
    {
        if (!holds)
            problems.Add(problem);
    }
}
