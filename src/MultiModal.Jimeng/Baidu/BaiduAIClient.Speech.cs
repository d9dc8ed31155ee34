using System.Globalization;
using System.Text;
using MultiModal.Jimeng.Baidu.Speech;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Baidu;

/// <content>Short speech recognition and classic speech synthesis.</content>
public partial class BaiduAIClient
{
    const int MaxSpokenBytes = 1024;
    const int MaxCuid = 60;
    const double MaxSeconds = 60;

    /// <inheritdoc/>
    public virtual async Task<SpeechRecognition> RecognizeAsync(SpeechRecognitionRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        const string Operation = BaiduOperations.Recognize;
        var cuid = Cuid(request.Cuid, Operation);
        RecognitionAudio? audio = null;
        if (request.AudioUrl is null)
        {
            if (request.Audio.Length <= 4)
                throw Refuse(Operation, "The recording is empty.");
            audio = new RecognitionAudio(request);
            if (audio.Seconds > MaxSeconds + 0.001)
                throw Refuse(Operation, string.Create(CultureInfo.InvariantCulture, $"The recording lasts {audio.Seconds:0.#} s; at most 60 s are accepted."), "Cut it, or use RecognizeRealtimeAsync.");
        }

        var raw = request.Raw && audio is not null;
        var path = request.Model == SpeechModels.Pro ? "pro_api" : "server_api";
        var json = new Uri(options.SpeechEndpoint, path);
        var call = new CloudCall
        {
            Vendor = Vendor,
            Operation = Operation,
            Safety = CallSafety.Paid,
            ReadFault = BaiduFaults.Recognition,
            Token = raw ? TokenPlacement.TokenQuery : TokenPlacement.Body,
            MaxCompactness = audio?.MaxCompactness ?? 0,
            Body = (token, compactness) =>
            {
                var form = audio?[compactness];
                return form is { Raw: true } ? new RawRecognitionContent(form, RecognitionBody.RawQuery(request, cuid), raw ? null : token) : RecognitionBody.Json(request, form, cuid, token);
            },
        };
        using var message = new HttpRequestMessage(HttpMethod.Post, raw ? new Uri($"{json.AbsoluteUri}?{RecognitionBody.RawQuery(request, cuid)}") : json);
        return await transport.SendAsync(call, message, BaiduJson.Relaxed.SpeechRecognition, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public virtual async Task<SynthesizedSpeech> SynthesizeAsync(SpeechSynthesisRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        const string Operation = BaiduOperations.Synthesize;
        if (string.IsNullOrWhiteSpace(request.Text))
            throw Refuse(Operation, "There is no text to speak.");
        Within(Operation, nameof(request.Speed), request.Speed, 0, 15);
        Within(Operation, nameof(request.Pitch), request.Pitch, 0, 15);
        Within(Operation, nameof(request.Volume), request.Volume, 0, 15);
        var cuid = Cuid(request.Cuid, Operation);
        var pieces = GbkText.Split(request.Text, MaxSpokenBytes, GbkText.Gbk);
        var format = request.Format ?? SpeechOutputFormat.Mp3;
        var sounds = new List<ReadOnlyMemory<byte>>(pieces.Count);
        var media = "";
        foreach (var piece in pieces)
        {
            var answer = await SpeakAsync(request, piece, cuid, cancellationToken).ConfigureAwait(false);
            sounds.Add(answer.Bytes);
            media = answer.MediaType ?? "audio/mp3";
        }

        var whole = sounds.Count == 1 ? sounds[0] : format == SpeechOutputFormat.Wav ? WavJoiner.Join(sounds) : Concatenate(sounds);
        return new(whole, media, format, pieces.Count);
    }

    async Task<BufferedAnswer> SpeakAsync(SpeechSynthesisRequest request, string text, string cuid, CancellationToken cancellationToken)
    {
        var call = new CloudCall
        {
            Vendor = Vendor,
            Operation = BaiduOperations.Synthesize,
            Safety = CallSafety.Paid,
            ReadFault = BaiduFaults.Synthesis,
            Token = TokenPlacement.Body,
            Body = (token, _) =>
            {
                var form = new FormWriter()
                    .Add("tex", request.EncodeTwice ? Uri.EscapeDataString(text) : text)
                    .Add("lan", "zh")
                    .Add("ctp", 1)
                    .Add("spd", request.Speed)
                    .Add("pit", request.Pitch)
                    .Add("vol", request.Volume)
                    .Add("per", request.Voice)
                    .Add("aue", (int?)request.Format);
                foreach (var (name, value) in request.Extra ?? new Dictionary<string, string>())
                    form.Add(name, value);
                return form.Add("cuid", cuid).Add("tok", token).ToContent();
            },
        };
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(options.SynthesisEndpoint, "text2audio"));
        return await transport.SendAsync(call, message, cancellationToken).ConfigureAwait(false);
    }

    string Cuid(string? own, string operation)
    {
        var cuid = own ?? defaultCuid;
        return cuid.Length <= MaxCuid ? cuid : throw Refuse(operation, $"The cuid has {cuid.Length} characters; at most {MaxCuid} are accepted.");
    }

    static void Within(string operation, string name, int? value, int least, int most)
    {
        if (value < least || value > most)
            throw Refuse(operation, $"{name} is {value}; it must be from {least} to {most}.");
    }

    static byte[] Concatenate(List<ReadOnlyMemory<byte>> parts)
    {
        var whole = new byte[parts.Sum(static part => part.Length)];
        var position = 0;
        foreach (var part in parts)
        {
            part.Span.CopyTo(whole.AsSpan(position));
            position += part.Length;
        }

        return whole;
    }
}
