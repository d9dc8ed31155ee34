using System.Net;
using System.Net.Http.Headers;

namespace MultiModal.Runtime.Downloads;

/// <summary>
/// Downloads models: from Hugging Face, from a mirror of it, or from any address. A download that broke off goes on where it stopped, also after
/// the program has ended; a file takes its name only when it is whole and its length and SHA-256, where they are known, are right.
/// </summary>
/// <remarks>Safe for concurrent use. Nothing in this SDK downloads unless it is given one of these.</remarks>
public sealed class FileDownloader : IDisposable
{
    static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    readonly DownloadOptions options;
    readonly HttpClient http;
    readonly bool ownsHttp;

    /// <summary>Makes a downloader.</summary>
    /// <param name="options">Where from, and how patiently; null for the defaults.</param>
    /// <param name="http">What asks the servers, such as a client with a proxy; it is not disposed. Null for one of its own.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public FileDownloader(DownloadOptions? options = null, HttpClient? http = null)
    {
        this.options = options ?? new();
        this.options.Validate();
        ownsHttp = http is null;
        // Compressed answers would have other lengths and ranges; how long a whole file takes is nobody's business.
        this.http = http ?? new(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Downloads a file into a folder, under its path in the repository, unless it is there.</summary>
    /// <inheritdoc cref="DownloadAsync" path="/exception"/>
    /// <param name="file">The file.</param>
    /// <param name="folder">The folder; made where it is not there.</param>
    /// <param name="progress">Told as bytes arrive.</param>
    /// <param name="cancellationToken">Stops the download; what has arrived is kept.</param>
    /// <returns>The file's path.</returns>
    public async Task<string> DownloadToFolderAsync(
        RemoteFile file, string folder, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var path = Path.Combine(folder, file.Path.Replace('/', Path.DirectorySeparatorChar));
        await DownloadAsync(file, path, progress, cancellationToken).ConfigureAwait(false);
        return path;
    }

    /// <summary>Downloads a file, unless it is there: a file of that name was checked when it came, and only its length is looked at again.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">Where it goes. Meanwhile its bytes are beside it, in a file that ends with .part.</param>
    /// <param name="progress">Told as bytes arrive.</param>
    /// <param name="cancellationToken">Stops the download; what has arrived is kept.</param>
    /// <exception cref="DownloadException">No source delivers it, or what they deliver is another file.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public async Task DownloadAsync(RemoteFile file, string path, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (File.Exists(path) && (file.Length is null || new FileInfo(path).Length == file.Length)) return;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        await using var partial = PartialFile.Open(path);
        List<DownloadException> failures = [];
        foreach (var address in file.Addresses(options))
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    await ReceiveAsync(file, address, partial, progress, cancellationToken).ConfigureAwait(false);
                    await partial.FinishAsync().ConfigureAwait(false);
                    return;
                }
                catch (DownloadException e)
                {
                    if (!e.IsTransient || attempt == options.Attempts)
                    {
                        failures.Add(e);
                        break;
                    }

                    var pause = e.Data[nameof(RetryConditionHeaderValue)] as TimeSpan? ?? (options.RetryDelay * Math.Pow(2, attempt - 1));
                    await Task.Delay(pause < LongestDelay ? pause : LongestDelay, cancellationToken).ConfigureAwait(false);
                }
            }
        }

        throw failures is [var only] ? only : new DownloadException(
            $"{file.Name} could not be downloaded: {string.Join(" ", failures.Select(f => f.Message))}", failures[^1].Address, failures[^1].Status,
            failures.Any(f => f.IsTransient), failures[^1]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (ownsHttp) http.Dispose();
    }

    /// <summary>One attempt: what is missing, and the check of the whole.</summary>
    async Task ReceiveAsync(RemoteFile file, Uri address, PartialFile partial, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        if (address.Scheme == "http" && !address.IsLoopback && file.Sha256 is null)
            throw new DownloadException($"{address} is not encrypted, and no SHA-256 tells what should arrive: give one, or an https address.", address);

        // Without a hash over the whole only the same version from the same source may follow what is there.
        var tag = partial.VersionAt(address);
        if (file.Sha256 is null && tag is null) partial.Clear();
        var resumed = partial.Length;
        if (file.Length is not { } known || resumed != known)
        {
            using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            stall.CancelAfter(options.StallTimeout);
            try
            {
                using var request = Request(address, resumed, tag);
                using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token).ConfigureAwait(false);
                if (Begin(file, address, partial, response) is { } total) await CopyAsync(file, address, partial, response, total, progress, stall).ConfigureAwait(false);
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                throw new DownloadException($"{address}: nothing arrived for {options.StallTimeout.TotalSeconds:F0} s.", address, isTransient: true, innerException: e);
            }
            catch (Exception e) when (e is HttpRequestException or HttpIOException)
            {
                throw new DownloadException($"{address}: {e.Message}", address, (e as HttpRequestException)?.StatusCode, isTransient: true, innerException: e);
            }
        }

        if (file.Sha256 is { } expected && await partial.HashAsync(cancellationToken).ConfigureAwait(false) is var actual && !actual.Equals(expected, StringComparison.OrdinalIgnoreCase))
        {
            partial.Clear();
            throw new DownloadException($"{address} gave a file with the SHA-256 {actual}; {expected} was expected.", address, isTransient: resumed > 0);
        }
    }

    HttpRequestMessage Request(Uri address, long from, string? tag)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.UserAgent.ParseAdd("MultiModal/1.0");
        if (from > 0)
        {
            request.Headers.Range = new(from, null);
            if (tag is not null) request.Headers.IfRange = new(EntityTagHeaderValue.Parse(tag));
        }

        if (options.Token is { } token && Uri.Compare(address, options.Endpoint, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0)
            request.Headers.Authorization = new("Bearer", token);
        return request;
    }

    /// <summary>Reads the answer's head.</summary>
    /// <returns>The file's length, -1 where it is not said, or null where all of it has arrived already.</returns>
    long? Begin(RemoteFile file, Uri address, PartialFile partial, HttpResponseMessage response)
    {
        long? total;
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                partial.Clear();
                total = response.Content.Headers.ContentLength;
                break;
            case HttpStatusCode.PartialContent when response.Content.Headers.ContentRange is { From: { } from, Length: var length } && from == partial.Length:
                total = length;
                break;
            case HttpStatusCode.RequestedRangeNotSatisfiable when response.Content.Headers.ContentRange?.Length == partial.Length:
                return null;
            case HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable:
                partial.Clear();
                throw new DownloadException($"{address} gave another part of the file than was asked for.", address, response.StatusCode, isTransient: true);
            default:
                throw Refusal(address, response);
        }

        if (file.Length is { } expected && total is { } actual && actual != expected)
            throw new DownloadException($"{address} gives a file of {actual} bytes; {expected} were expected.", address, response.StatusCode);
        if (total > options.MaximumLength)
            throw new DownloadException($"{address} gives a file of {total} bytes, more than {nameof(DownloadOptions.MaximumLength)} allows.", address, response.StatusCode);
        partial.Remember(address, response.Headers.ETag is { IsWeak: false, Tag: { } tag } ? tag : null);
        return total ?? file.Length ?? -1;
    }

    async Task CopyAsync(
        RemoteFile file, Uri address, PartialFile partial, HttpResponseMessage response, long total, IProgress<DownloadProgress>? progress, CancellationTokenSource stall)
    {
        var limit = total >= 0 ? total : options.MaximumLength;
        var buffer = new byte[1 << 17];
        var stream = await response.Content.ReadAsStreamAsync(stall.Token).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            for (int read; (read = await ReadAsync(stream, buffer, address, stall).ConfigureAwait(false)) > 0;)
            {
                if (partial.Length + read > limit)
                {
                    partial.Clear();
                    throw new DownloadException($"{address} gave more than {limit} bytes.", address, response.StatusCode);
                }

                await partial.WriteAsync(buffer.AsMemory(0, read), stall.Token).ConfigureAwait(false);
                progress?.Report(new(file.Name, partial.Length, total >= 0 ? total : null));
            }
        }

        if (total >= 0 && partial.Length < total)
            throw new DownloadException($"{address} ended after {partial.Length} of {total} bytes.", address, response.StatusCode, isTransient: true);
    }

    async ValueTask<int> ReadAsync(Stream stream, byte[] buffer, Uri address, CancellationTokenSource stall)
    {
        try
        {
            stall.CancelAfter(options.StallTimeout);
            return await stream.ReadAsync(buffer, stall.Token).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            // What writing to disk throws is for the caller; what reading from the network throws is for the next attempt.
            throw new DownloadException($"{address}: {e.Message}", address, isTransient: true, innerException: e);
        }
    }

    static DownloadException Refusal(Uri address, HttpResponseMessage response)
    {
        var hint = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => $" The repository may need a token: set {nameof(DownloadOptions)}.{nameof(DownloadOptions.Token)}.",
            HttpStatusCode.NotFound => " There is no such file, or the repository needs a token.",
            _ => "",
        };
        var transient = response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;
        var error = new DownloadException($"{address} answered {(int)response.StatusCode} ({response.ReasonPhrase}).{hint}", address, response.StatusCode, transient);
        if (response.Headers.RetryAfter?.Delta is { } pause) error.Data[nameof(RetryConditionHeaderValue)] = pause;
        return error;
    }
}
