using MultiModal.Audio;
using MultiModal.Testing;
using MultiModal.Voice.Content;
using MultiModal.Voice.Conversion;

namespace MultiModal.Voice.Tests.Conversion;

/// <summary>The fixtures' tiny models as voices, and sounds to convert.</summary>
static class TinyVoice
{
    public static async Task<VoiceModel> LoadAsync(string model = "tiny-svc-4.1", Action<VoiceModelOptions>? configure = null)
    {
        var options = new VoiceModelOptions { EncoderPath = RepositoryFolder.PathOf("tests/Fixtures/voice/models/tiny-contentvec/checkpoint_tiny_legacy.pt"), EncoderName = "vec768l12" };
        configure?.Invoke(options);
        return await VoiceModel.LoadAsync(RepositoryFolder.PathOf($"tests/Fixtures/voice/models/{model}/G_800.pth"), options);
    }

    /// <summary>A voice-like sound: a gliding tone with harmonics, a pause in it.</summary>
    public static AudioClip Sound(double seconds, int sampleRate = 44100, int channels = 1, bool pause = false)
    {
        var frames = (int)(seconds * sampleRate);
        var samples = new float[frames * channels];
        var phase = 0.0;
        for (var i = 0; i < frames; i++)
        {
            var t = i / (double)sampleRate;
            phase += (180 + (60 * Math.Sin(2 * t))) / sampleRate;
            var quiet = pause && t > seconds * 0.4 && t < seconds * 0.6;
            var value = quiet ? 0 : 0.2 * (Math.Sin(2 * Math.PI * phase) + (0.5 * Math.Sin(4 * Math.PI * phase)) + (0.25 * Math.Sin(6 * Math.PI * phase)));
            for (var c = 0; c < channels; c++) samples[(c * frames) + i] = (float)value;
        }

        return new(samples, sampleRate, channels);
    }
}
