using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace MultiModal.AspNetCore.Errors;

/// <summary>Turns errors into what callers are told.</summary>
internal sealed class Faults(IOptions<MultiModalHostOptions> options)
{
    /// <summary>What callers are told of an error.</summary>
    public Refusal Explain(Exception error) => error switch
    {
        RefusalException refused => refused.Refusal,
        BadHttpRequestException bad => FromServer(bad),
        OperationCanceledException => Refusal.Cancelled(),
        // Engines throw ArgumentException for values they do not take, and say so in words for programmers.
        ArgumentException argument => Refusal.BadRequest("value-refused", Detail(argument, "The engine does not take a value of the request.")),
        MultiModalException engine => Refusal.Failed() is var failed && options.Value.DetailedErrors ? failed with { Detail = engine.Message } : failed,
        _ => Refusal.Failed(),
    };

    string Detail(ArgumentException error, string general)
    {
        if (!options.Value.DetailedErrors)
            return general;
        var end = error.Message.IndexOf(" (Parameter", StringComparison.Ordinal);
        return end < 0 ? error.Message : error.Message[..end];
    }

    static Refusal FromServer(BadHttpRequestException bad) => bad.StatusCode switch
    {
        413 => Refusal.TooLarge("The request is larger than this endpoint takes."),
        408 => new(408, "too-slow", "The request arrived too slowly."),
        var status => new(status is >= 400 and < 500 ? status : 400, "malformed", "The request is malformed."),
    };
}
