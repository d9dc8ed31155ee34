using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MultiModal.Audio;

namespace MultiModal.Jimeng.Baidu.Speech;

/// <summary>
/// The forms in which a recording can be sent, from the one the caller gave to ever more compact ones, made when they are needed:
/// after HTTP 413 comes 16 kHz mono, then the same as raw samples instead of base64 in JSON (a quarter less), then, for models that
/// accept it, 8 kHz (half of that). There is no AMR or AAC encoder in .NET, so a codec's ratio is out of reach here: callers who have
/// one send AMR or M4A, which only become raw.
/// </summary>
internal sealed class RecognitionAudio
{
    const int FullRate = 16000;
    const int TelephoneRate = 8000;

    readonly List<Func<AudioForm>> forms = [];
    AudioClip? clip;

    public RecognitionAudio(SpeechRecognitionRequest request)
    {
        var name = RecognitionBody.Name(request.Format);
        var header = request.Format == SpeechFormat.Wav ? WaveShape.Read(request.Audio.Span) : null;
        var rate = header?.SampleRate ?? request.SampleRate;
        var decodable = request.Format == SpeechFormat.Pcm || header is not null;
        var fits = !decodable || (rate is FullRate or TelephoneRate && header is null or { Channels: 1, BitsPerSample: 16, IsInteger: true });
        Seconds = !decodable ? null : header is { } wave ? wave.Seconds : request.Audio.Length / (2.0 * Math.Max(1, rate));

        if (fits || request.AsGiven)
            Add(() => new(request.Audio, name, rate, request.Raw));
        if (!fits)
            Add(() => new(At(request, FullRate), "pcm", FullRate, request.Raw));
        if (!request.Raw)
            Add(() => fits ? new(header is null ? request.Audio : At(request, rate), decodable ? "pcm" : name, rate, true) : new(At(request, FullRate), "pcm", FullRate, true));
        if (decodable && rate > TelephoneRate && SpeechModels.AcceptsTelephoneRate(request.Model))
            Add(() => new(At(request, TelephoneRate), "pcm", TelephoneRate, true));
    }

    /// <summary>How long the recording is, or null where only its codec knows.</summary>
    public double? Seconds { get; }

    /// <summary>The index of the most compact form.</summary>
    public int MaxCompactness => forms.Count - 1;

    /// <summary>The recording in one of its forms.</summary>
    public AudioForm this[int compactness] => forms[compactness]();

    void Add(Func<AudioForm> make)
    {
        // Bodies are built again for each attempt; the samples are not.
        AudioForm? made = null;
        forms.Add(() => made ??= make());
    }

    ReadOnlyMemory<byte> At(SpeechRecognitionRequest request, int rate)
    {
        clip ??= Decode(request);
        var mono = clip.ToMono();
        if (mono.SampleRate != rate)
            mono = mono.Resample(rate);
        return Pcm16.Of(mono.Channel(0));
    }

    static AudioClip Decode(SpeechRecognitionRequest request)
    {
        if (request.Format == SpeechFormat.Wav)
        {
            using var stream = MemoryMarshal.TryGetArray(request.Audio, out var array)
                ? new MemoryStream(array.Array!, array.Offset, array.Count, false)
                : new MemoryStream(request.Audio.ToArray(), false);
            return WavFile.Read(stream, "the recording");
        }

        var span = request.Audio.Span;
        var samples = new float[span.Length / 2];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = BinaryPrimitives.ReadInt16LittleEndian(span[(i * 2)..]) / 32768f;
        return new AudioClip(samples, request.SampleRate);
    }
}
