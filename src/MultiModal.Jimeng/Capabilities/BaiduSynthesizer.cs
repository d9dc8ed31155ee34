using System.Globalization;
using System.Runtime.InteropServices;
using MultiModal.Audio;
using MultiModal.Capabilities;
using MultiModal.Jimeng.Baidu;
using MultiModal.Jimeng.Baidu.Speech;

namespace MultiModal.Jimeng.Capabilities;

/// <summary>Baidu's synthesis as <see cref="ISpeechSynthesizer"/>.</summary>
internal sealed class BaiduSynthesizer(IBaiduAIClient client) : ISpeechSynthesizer
{
    public async Task<AudioClip> SynthesizeAsync(string text, SpeechRequest? request = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        var speech = await client.SynthesizeAsync(
            new(text) { Voice = Voice(request?.Voice), Speed = Speed(request?.Speed ?? 1), Format = SpeechOutputFormat.Wav }, cancellationToken).ConfigureAwait(false);
        using var stream = MemoryMarshal.TryGetArray(speech.Audio, out var bytes)
            ? new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false)
            : new MemoryStream(speech.Audio.ToArray(), writable: false);
        try
        {
            return WavFile.Read(stream, "the speech");
        }
        catch (InvalidFileException error)
        {
            throw new CloudApiException("Baidu", BaiduOperations.Synthesize, CloudErrorKind.UnexpectedResponse, $"The speech is no WAV file: {error.Problem}", innerException: error);
        }
    }

    static int? Voice(string? name) =>
        name is null ? null
        : int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new CloudApiException("Baidu", BaiduOperations.Synthesize, CloudErrorKind.InvalidInput, $"There is no voice '{name}'.", "Voices go by number: 0, 1, 3, 4, 5003, 5118, 106, ...");

    // 0.5, 1 and 2 become 0, 5 and 10: a doubling is five steps.
    static int? Speed(double factor) => factor == 1 ? null
        : factor is >= 0.5 and <= 2 ? (int)Math.Round(5 + (5 * Math.Log2(factor)))
        : throw new ArgumentOutOfRangeException(nameof(factor), factor, "The speed is from 0.5 to 2.");
}
