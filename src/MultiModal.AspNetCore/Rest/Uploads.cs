using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using MultiModal.Audio;
using MultiModal.AspNetCore.Engines;
using MultiModal.AspNetCore.Errors;
using MultiModal.AspNetCore.Limits;

namespace MultiModal.AspNetCore.Rest;

/// <summary>Reads bodies within the limits, in memory: nothing that callers send is written to a disk.</summary>
internal sealed class Uploads(UploadBudget budget, VoiceWork voice, IOptions<MultiModalHostOptions> options)
{
    const int MostParts = 16;
    const int MostFieldBytes = 64 << 10;

    LimitOptions Limits => options.Value.Limits;

    public Task<T> JsonAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class => budget.ReadAsync(context, Limits.MaximumJsonBytes, async cancellationToken =>
    {
        if (!context.Request.HasJsonContentType())
            throw WrongType("application/json");
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, type, cancellationToken).ConfigureAwait(false) ?? throw NotJson();
        }
        catch (JsonException error)
        {
            throw NotJson(error.Path);
        }
    });

    /// <summary>A WAV file: the body itself, or the part "audio" of a form.</summary>
    public Task<AudioClip> WavAsync(HttpContext context) => budget.ReadAsync(context, Limits.MaximumUploadBytes, async cancellationToken =>
    {
        if (Boundary(context.Request) is null)
            return await WavAsync(context.Request.Body, cancellationToken).ConfigureAwait(false);
        var form = await FormAsync(context.Request, cancellationToken).ConfigureAwait(false);
        using var file = new MemoryStream(form.File("audio") ?? throw Refusal.BadRequest("part-missing", "The form has no file 'audio'.").Exception(), writable: false);
        return await WavAsync(file, cancellationToken).ConfigureAwait(false);
    });

    /// <summary>A form with texts and files.</summary>
    public Task<UploadedForm> FormAsync(HttpContext context) =>
        budget.ReadAsync(context, Limits.MaximumUploadBytes, cancellationToken => FormAsync(context.Request, cancellationToken));

    public async Task<AudioClip> WavAsync(Stream stream, CancellationToken cancellationToken)
    {
        try
        {
            var reader = await WavReader.OpenAsync(stream, "recording", new() { MaxChannels = 8 }, leaveOpen: true, cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                VoiceWork.CheckFormat(reader.Format.SampleRate, reader.Format.Channels);
                return await ReadAsync(reader, voice.MostSamples(reader.Format), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (InvalidFileException error)
        {
            throw Refusal.BadRequest("audio-damaged", $"The recording is not a WAV file that this host takes: {error.Problem}").Exception();
        }
    }

    async Task<AudioClip> ReadAsync(WavReader reader, long mostSamples, CancellationToken cancellationToken)
    {
        // Memory follows what arrives: a header may claim anything.
        var block = new float[16 * 1024 / reader.Format.Channels * reader.Format.Channels];
        var clips = new List<AudioClip>();
        long samples = 0;
        while (await reader.ReadAsync(block, cancellationToken).ConfigureAwait(false) is > 0 and var frames)
        {
            samples += frames * reader.Format.Channels;
            if (samples > mostSamples)
                throw voice.TooLong();
            clips.Add(AudioClip.FromInterleaved(block.AsSpan(0, frames * reader.Format.Channels), reader.Format));
        }

        return clips.Count == 0 ? AudioClip.Silence(0, reader.Format) : AudioClip.Concatenate([.. clips]).WithFiniteSamples();
    }

    async Task<UploadedForm> FormAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var boundary = Boundary(request) ?? throw WrongType("multipart/form-data");
        var reader = new MultipartReader(boundary, request.Body) { HeadersCountLimit = 8, HeadersLengthLimit = 4096, BodyLengthLimit = Limits.MaximumUploadBytes };
        var form = new UploadedForm();
        try
        {
            for (var parts = 0; await reader.ReadNextSectionAsync(cancellationToken).ConfigureAwait(false) is { } section; parts++)
            {
                if (parts == MostParts)
                    throw Refusal.BadRequest("form-parts", $"A form has at most {MostParts} parts.").Exception();
                await AddAsync(form, section, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw Refusal.BadRequest("form-damaged", "The form is damaged.").Exception();
        }

        return form;
    }

    static async Task AddAsync(UploadedForm form, MultipartSection section, CancellationToken cancellationToken)
    {
        if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) || !disposition.DispositionType.Equals("form-data", StringComparison.OrdinalIgnoreCase))
            throw Refusal.BadRequest("form-damaged", "A part of the form has no name.").Exception();
        // The name of a file is never used for anything.
        var isFile = disposition.FileName.HasValue || disposition.FileNameStar.HasValue;
        var name = HeaderUtilities.RemoveQuotes(disposition.Name).ToString();
        using var bytes = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await section.Body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
        {
            bytes.Write(buffer, 0, count);
            if (!isFile && bytes.Length > MostFieldBytes)
                throw Refusal.TooLarge($"A text of a form has at most {MostFieldBytes} bytes.").Exception();
        }

        if (!form.TryAdd(name, isFile, bytes.ToArray()))
            throw Refusal.BadRequest("form-damaged", "Two parts of the form have the same name.").Exception();
    }

    static string? Boundary(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            return null;
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        return boundary.Length is > 0 and <= 70 ? boundary : throw Refusal.BadRequest("form-damaged", "The form's boundary is missing or too long.").Exception();
    }

    static RefusalException WrongType(string wanted) => new(new(415, "content-type", $"The body's type is {wanted}."));

    static RefusalException NotJson(string? path = null) =>
        Refusal.BadRequest("json-damaged", path is { Length: > 0 and < 60 } ? $"The JSON is not what this endpoint takes, at {path}." : "The JSON is not what this endpoint takes.").Exception();
}
