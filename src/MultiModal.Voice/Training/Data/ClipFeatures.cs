using System.Globalization;
using System.Security.Cryptography;
using MultiModal.Audio;
using MultiModal.Runtime;
using MultiModal.Runtime.Random;
using MultiModal.Runtime.Weights;
using MultiModal.Voice.Content;
using MultiModal.Voice.Pitch;

namespace MultiModal.Voice.Training.Data;

/// <summary>
/// Computes units and pitch of clips, and keeps them in a file beside each ("x.features.safetensors") with a key of everything they depend on: the
/// clip's bytes, what the encoder answers to a probe, how pitch was found. Where the key is another one, they are computed anew.
/// </summary>
sealed class ClipFeatures
{
    const string KeyName = "multimodal.key", Version = "1";

    readonly IContentEncoder encoder;
    readonly VoiceDatasetOptions options;
    readonly string context;

    ClipFeatures(IContentEncoder encoder, VoiceDatasetOptions options, string context) => (this.encoder, this.options, this.context) = (encoder, options, context);

    public static async Task<ClipFeatures> CreateAsync(IContentEncoder encoder, VoiceDatasetOptions options, CancellationToken cancellationToken)
    {
        // Encoders have names, not versions: half a second of noise tells whether one is still the same.
        var probe = new float[8000];
        new TorchRandom(0).Normal(probe);
        var answer = await encoder.EncodeAsync(probe, cancellationToken).ConfigureAwait(false);
        var fingerprint = SHA256.HashData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(answer.Values.AsSpan()));
        var context = string.Create(
            CultureInfo.InvariantCulture,
            $"{Version}|{encoder.Name}|{Convert.ToHexString(fingerprint)}|{options.Pitch.Name}|{options.SampleRate}|{options.Hop}|{string.Join(',', options.UnitRates)}");
        return new(encoder, options, context);
    }

    public async Task<VoiceClip> LoadAsync(string path, int speaker, CancellationToken cancellationToken)
    {
        var bytes = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        using var stream = new MemoryStream(bytes);
        var clip = WavFile.Read(stream, path);
        if (clip.Channels != 1 || clip.SampleRate != options.SampleRate)
            throw new InvalidFileException(path, $"the clip has {clip.Channels} channel(s) at {clip.SampleRate} Hz; expected is one at {options.SampleRate}.", remedy: "Prepare the recordings again.");
        var samples = clip.Channel(0).ToArray();
        var key = $"{context}|{Convert.ToHexString(SHA256.HashData(bytes))}";
        var beside = Path.ChangeExtension(path, ".features.safetensors");
        var (units, hertz) = Read(beside, key) ?? await ComputeAsync(samples, beside, key, cancellationToken).ConfigureAwait(false);
        return new()
        {
            Path = path,
            Speaker = speaker,
            Samples = Array.ConvertAll(samples, s => (short)Math.Clamp(MathF.Round(s * 32768), short.MinValue, short.MaxValue)),
            Units = units,
            Pitch = new(hertz),
        };
    }

    async Task<(IReadOnlyList<float[]> Units, float[] Hertz)> ComputeAsync(float[] samples, string file, string key, CancellationToken cancellationToken)
    {
        var hertz = options.Pitch.Estimate(samples, new(options.SampleRate, options.Hop)).Hertz.ToArray();
        var units = new List<float[]>();
        foreach (var percent in options.UnitRates.Prepend(100))
        {
            // Read faster, the clip is shorter: its units are spread over the same frames afterwards.
            var heard = percent == 100 ? samples : new Resampler(percent, 100).Resample(samples);
            if (options.SampleRate != 16000) heard = new Resampler(options.SampleRate, 16000).Resample(heard);
            units.Add((await encoder.EncodeAsync(heard, cancellationToken).ConfigureAwait(false)).Values);
        }

        var tensors = units.Select((values, i) => KeyValuePair.Create(
            string.Create(CultureInfo.InvariantCulture, $"units.{i}"), TensorData.Of(values, encoder.Channels, values.Length / encoder.Channels)));
        SafetensorsWriter.Write(file, tensors.Append(KeyValuePair.Create("f0", TensorData.Of(hertz, hertz.Length))), new Dictionary<string, string> { [KeyName] = key }, cancellationToken);
        return (units, hertz);
    }

    /// <summary>What a file of features holds; null where there is none, or one of something else.</summary>
    (IReadOnlyList<float[]> Units, float[] Hertz)? Read(string file, string key)
    {
        if (!File.Exists(file)) return null;
        try
        {
            using var features = SafetensorsFile.Open(file);
            if (!features.Metadata.TryGetValue(KeyName, out var stored) || stored != key) return null;
            var units = Enumerable.Range(0, options.UnitRates.Count + 1)
                .Select(i => features.Get(string.Create(CultureInfo.InvariantCulture, $"units.{i}")).ToFloat32().Floats.ToArray()).ToList();
            return (units, features.Get("f0").ToFloat32().Floats.ToArray());
        }
        catch (Exception e) when (e is InvalidFileException or KeyNotFoundException)
        {
            // Half a file from a run that was killed: it is made again.
            return null;
        }
    }
}
