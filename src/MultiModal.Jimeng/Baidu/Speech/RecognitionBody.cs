using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Baidu.Speech;

/// <summary>Writes the bodies of short speech recognition, JSON or raw.</summary>
internal static class RecognitionBody
{
    static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The JSON body; the sound goes into it as base64 without a text of its own.</summary>
    public static HttpContent Json(SpeechRecognitionRequest request, AudioForm? form, string cuid, string? token)
    {
        var output = new ArrayBufferWriter<byte>(256 + ((form?.Bytes.Length ?? 0) * 4 / 3));
        using (var writer = new Utf8JsonWriter(output, Relaxed))
        {
            writer.WriteStartObject();
            writer.WriteString("format", form?.Format ?? Name(request.Format));
            writer.WriteNumber("rate", form?.SampleRate ?? request.SampleRate);
            writer.WriteNumber("channel", 1);
            writer.WriteString("cuid", cuid);
            if (token is not null)
                writer.WriteString("token", token);
            if (request.Model is { } model)
                writer.WriteNumber("dev_pid", model);
            if (request.LanguageModelId is { } languageModel)
                writer.WriteNumber("lm_id", languageModel);
            if (form is { } sound)
            {
                writer.WriteBase64String("speech", sound.Bytes.Span);
                writer.WriteNumber("len", sound.Bytes.Length);
            }
            else
            {
                writer.WriteString("url", request.AudioUrl!.OriginalString);
                writer.WriteString("callback", request.Callback!.OriginalString);
            }

            foreach (var (name, value) in request.Extra ?? [])
            {
                writer.WritePropertyName(name);
                if (value is null)
                    writer.WriteNullValue();
                else
                    value.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return CloudCall.Bytes(output.WrittenSpan.ToArray(), "application/json");
    }

    /// <summary>The query of the raw way, without the token.</summary>
    public static string RawQuery(SpeechRecognitionRequest request, string cuid)
    {
        var query = $"cuid={Uri.EscapeDataString(cuid)}";
        if (request.Model is { } model)
            query = string.Create(CultureInfo.InvariantCulture, $"dev_pid={model}&{query}");
        return request.LanguageModelId is { } languageModel ? string.Create(CultureInfo.InvariantCulture, $"{query}&lm_id={languageModel}") : query;
    }

    public static string Name(SpeechFormat format) => format switch
    {
        SpeechFormat.Pcm => "pcm",
        SpeechFormat.Wav => "wav",
        SpeechFormat.Amr => "amr",
        SpeechFormat.M4a => "m4a",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such format."),
    };
}
