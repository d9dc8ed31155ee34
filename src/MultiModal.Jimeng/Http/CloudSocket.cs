using System.Buffers;
using System.Net;
using System.Net.WebSockets;

namespace MultiModal.Jimeng.Http;

/// <summary>A WebSocket session: opened with the repeats of the retry policy, read message by message, with errors in the library's own form.</summary>
internal sealed class CloudSocket : IAsyncDisposable
{
    const int MaxMessageBytes = 16 << 20;

    readonly ClientWebSocket socket;
    readonly CloudCall call;
    readonly SemaphoreSlim sending = new(1);

    CloudSocket(ClientWebSocket socket, CloudCall call)
    {
        this.socket = socket;
        this.call = call;
    }

    /// <summary>Opens a session. A handshake costs nothing, so every passing failure is repeated.</summary>
    /// <param name="transport">The client's transport: its time, its policy.</param>
    /// <param name="call">What errors are reported for.</param>
    /// <param name="prepare">Gives the address of one attempt and sets its headers.</param>
    /// <param name="refused">Hears of a refused credential; true: worth one more attempt.</param>
    /// <param name="cancellationToken">Gives the opening up.</param>
    public static async Task<CloudSocket> OpenAsync(CloudTransport transport, CloudCall call, Func<ClientWebSocketOptions, CancellationToken, Task<Uri>> prepare, Func<bool> refused, CancellationToken cancellationToken)
    {
        call.Scrub = transport.Scrub;
        var book = new RetryBook();
        var renewed = false;
        while (true)
        {
            var (socket, fault) = await AttemptAsync(transport, call, prepare, cancellationToken).ConfigureAwait(false);
            if (fault is null)
                return new(socket!, call);
            if (fault.Recovery == Recovery.Renew && !renewed && refused())
            {
                renewed = true;
                continue;
            }

            if (transport.Pipelines.Policy.Next(call, fault, book) is not { } wait)
                throw fault.ToException(call);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, transport.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    static async Task<(ClientWebSocket? Socket, CloudFault? Fault)> AttemptAsync(CloudTransport transport, CloudCall call, Func<ClientWebSocketOptions, CancellationToken, Task<Uri>> prepare, CancellationToken cancellationToken)
    {
        call.CountAttempt();
        var socket = new ClientWebSocket();
        using var timeout = new CancellationTokenSource(transport.Pipelines.Options.AttemptTimeout, transport.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            socket.Options.CollectHttpResponseDetails = true;
            var uri = await prepare(socket.Options, both.Token).ConfigureAwait(false);
            SecureUri.Require(uri);
            await socket.ConnectAsync(uri, both.Token).ConfigureAwait(false);
            return (socket, null);
        }
        catch (Exception exception) when (exception is WebSocketException or HttpRequestException or IOException or CloudFaultException)
        {
            var status = socket.HttpStatusCode;
            socket.Dispose();
            return (null, Handshake(status, exception));
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            return (null, new(CloudErrorKind.Timeout, Recovery.NotSent, "The session was not opened in time.") { Cause = late });
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async Task SendAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type, CancellationToken cancellationToken)
    {
        await sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await socket.SendAsync(message, type, true, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            sending.Release();
        }
    }

    /// <summary>The next whole message, however it was fragmented, or null when the service closed the session.</summary>
    public async Task<(WebSocketMessageType Type, ReadOnlyMemory<byte> Bytes)?> ReceiveAsync(IdleTimer idle, CancellationToken cancellationToken)
    {
        var message = new ArrayBufferWriter<byte>(4096);
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(message.GetMemory(4096), idle.Token).ConfigureAwait(false);
                idle.Restart();
                if (part.MessageType == WebSocketMessageType.Close)
                    return null;
                message.Advance(part.Count);
                if (message.WrittenCount > MaxMessageBytes)
                    throw new CloudFault(CloudErrorKind.UnexpectedResponse, Recovery.None, "A message is larger than 16 MB.").ToException(call);
                if (part.EndOfMessage)
                    return (part.MessageType, message.WrittenMemory);
            }
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested && idle.HasElapsed)
        {
            throw Fatal(new(CloudErrorKind.Timeout, Recovery.Unclear, "The service was silent for too long.") { Cause = late });
        }
        catch (WebSocketException broken)
        {
            throw Fatal(new(CloudErrorKind.Network, Recovery.Unclear, "The session broke off.") { Cause = broken });
        }
    }

    /// <summary>Closes the session politely, for at most a second, and frees it.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1));
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, soon.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or InvalidOperationException)
        {
            // It is closed then.
        }

        socket.Dispose();
        sending.Dispose();
    }

    CloudApiException Fatal(CloudFault fault)
    {
        call.CountSent();
        return fault.ToException(call);
    }

    static CloudFault Handshake(HttpStatusCode status, Exception exception)
    {
        if (exception is CloudFaultException carried)
            return carried.Fault;
        if (status == 0)
            return new(CloudErrorKind.Network, Recovery.NotSent, "No session with the service could be opened.") { Cause = exception };
        using var response = new HttpResponseMessage(status);
        var fault = HttpFaults.FromStatus(response, default) ?? new CloudFault(CloudErrorKind.UnexpectedResponse, Recovery.None, "The service did not open a session.");
        // Nothing but a handshake happened, so nothing can be unclear about it.
        return fault with { Status = status, Cause = exception, Body = null, Recovery = fault.Recovery == Recovery.Unclear ? Recovery.Later : fault.Recovery };
    }
}
