using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using MultiModal.AspNetCore.Limits;

namespace MultiModal.AspNetCore.Grpc.Wire;

/// <summary>A call under way: its messages in and out, and when it has to end.</summary>
internal sealed class GrpcCall : IDisposable
{
    readonly CancellationTokenSource deadline = new();
    readonly CancellationTokenSource ended;
    readonly GrpcFrameReader reader;
    readonly UploadBudget budget;
    readonly long largestBody;
    readonly GrpcFrameWriter writer;

    /// <summary>Reads the headers of a call and writes those of the answer.</summary>
    /// <exception cref="GrpcException">The headers ask for what is not there.</exception>
    public GrpcCall(HttpContext context, GrpcOptions options, UploadBudget budget)
    {
        (Context, this.budget, largestBody) = (context, budget, options.MaximumReceivedBytes + (long)GrpcFrameReader.HeaderBytes);
        ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, deadline.Token);
        try
        {
            var headers = context.Request.Headers;
            var gzip = headers[GrpcHeaders.Encoding].ToString() switch
            {
                "" or "identity" => false,
                "gzip" => true,
                var other => throw new GrpcException(GrpcStatus.Unimplemented, $"The compression '{Shorten(other)}' is not known; {GrpcHeaders.AcceptEncoding} says which are."),
            };
            if (headers[GrpcHeaders.Timeout].ToString() is { Length: > 0 } text)
            {
                if (!GrpcHeaders.TryParseTimeout(text, out var timeout))
                    throw new GrpcException(GrpcStatus.InvalidArgument, $"{GrpcHeaders.Timeout} is 1 to 8 digits and a unit.");
                deadline.CancelAfter(timeout);
            }

            var compress = options.CompressAnswers && headers[GrpcHeaders.AcceptEncoding].ToString().Split(',', StringSplitOptions.TrimEntries).Contains("gzip");
            reader = new(context.Request.BodyReader, gzip, options.MaximumReceivedBytes);
            writer = new(context.Response.BodyWriter, compress);
            if (compress)
                context.Response.Headers[GrpcHeaders.Encoding] = "gzip";
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public HttpContext Context { get; }

    /// <summary>Fires when the client has gone or given up, or the deadline has passed.</summary>
    public CancellationToken Ended => ended.Token;

    public bool IsPastDeadline => deadline.IsCancellationRequested;

    public ValueTask<T?> ReadAsync<T>(MessageParser<T> parser, CancellationToken cancellationToken)
        where T : class, IMessage<T> => reader.ReadAsync(parser, cancellationToken);

    /// <summary>The one message of a call that takes one.</summary>
    public Task<T> ReadOnlyOneAsync<T>(MessageParser<T> parser)
        where T : class, IMessage<T> => budget.ReadAsync(Context, largestBody, async arriving =>
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(arriving, Ended);
        var message = await reader.ReadAsync(parser, either.Token).ConfigureAwait(false)
            ?? throw new GrpcException(GrpcStatus.InvalidArgument, "The call has no message.");
        return await reader.ReadAsync(parser, either.Token).ConfigureAwait(false) is null
            ? message
            : throw new GrpcException(GrpcStatus.InvalidArgument, "The call takes one message, and more than one came.");
    });

    public ValueTask WriteAsync(IMessage message) => writer.WriteAsync(message, Ended);

    /// <summary>A stream of messages has pauses: neither its size nor its rate says that something is wrong. The caller watches for idleness.</summary>
    public void LiftBodyLimits()
    {
        if (Context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        if (Context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
    }

    public void Dispose()
    {
        ended.Dispose();
        deadline.Dispose();
    }

    static string Shorten(string text) => text.Length <= 40 ? text : text[..40];
}
