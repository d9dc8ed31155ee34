using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;

namespace MultiModal.Pipeline.Composition.Nodes;

/// <summary>Changes of streams.</summary>
internal static class StreamParts
{
    /// <summary>The values of results up to the first error, which ends the stream.</summary>
    public static async IAsyncEnumerable<T> Whole<T>(IAsyncEnumerable<ItemResult<T>> results)
    {
        await foreach (var result in results.ConfigureAwait(false))
        {
            if (!result.IsSuccess)
                ExceptionDispatchInfo.Throw(result.Error);
            yield return result.Value;
        }
    }

    /// <summary>A stream that is read ahead.</summary>
    public static async IAsyncEnumerable<T> BufferAsync<T>(IAsyncEnumerable<T> source, int capacity, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var channel = Channel.CreateBounded<T>(new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });
        var reading = Task.Run(() => ReadAsync(source, channel.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var element in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return element;
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(false);
        }
    }

    static async Task ReadAsync<T>(IAsyncEnumerable<T> source, ChannelWriter<T> writer, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var element in source.WithCancellation(cancellationToken).ConfigureAwait(false))
                await writer.WriteAsync(element, cancellationToken).ConfigureAwait(false);
            writer.Complete();
        }
        catch (Exception error)
        {
            // The reader gets it, after what was read before.
            writer.Complete(error);
        }
    }
}
