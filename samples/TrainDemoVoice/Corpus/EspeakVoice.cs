using System.Runtime.InteropServices;
using MultiModal.Audio;
using MultiModal.Voice.Training.Data;

namespace TrainDemoVoice.Corpus;

/// <summary>Voices of eSpeak NG (Debian's package "espeak-ng"), by its library, which tells when each phoneme begins. For one caller at a time.</summary>
static unsafe partial class EspeakVoice
{
    const string Library = "libespeak-ng.so.1";
    const int Synchronous = 2, PhonemeEvents = 1, Utf8 = 1, PhonemeEvent = 7, Rate = 1, Pitch = 3;

    static readonly List<short> Samples = [];
    static readonly List<(int Sample, string Name)> Begun = [];
    static int sampleRate;

    /// <summary>Speaks a sentence.</summary>
    /// <param name="voice">A voice with a variant: "en-us+f3".</param>
    /// <param name="text">The sentence.</param>
    /// <param name="rate">Words a minute; 175 is usual.</param>
    /// <param name="pitch">0 to 99; 50 is usual.</param>
    /// <returns>What was said, or null where it has a phoneme that is not known here.</returns>
    public static Utterance? Speak(string voice, string text, int rate = 165, int pitch = 50)
    {
        if (sampleRate == 0)
        {
            sampleRate = espeak_Initialize(Synchronous, 0, 0, PhonemeEvents);
            if (sampleRate <= 0) throw new InvalidOperationException("eSpeak could not be started: is the package espeak-ng-data there?");
            espeak_SetSynthCallback(&Receive);
        }

        if (espeak_SetVoiceByName(voice) != 0) throw new ArgumentException($"eSpeak has no voice '{voice}'.", nameof(voice));
        // Voices bring their own pitch; it is set after the voice.
        _ = espeak_SetParameter(Rate, rate, 0);
        _ = espeak_SetParameter(Pitch, pitch, 0);
        Samples.Clear();
        Begun.Clear();
        var bytes = System.Text.Encoding.UTF8.GetBytes(text + '\0');
        fixed (byte* p = bytes) _ = espeak_Synth(p, (nuint)bytes.Length, 0, 0, 0, Utf8, 0, 0);

        var phonemes = new List<PhonemeInterval>();
        if (Begun.Count > 0 && Begun[0].Sample > 0) phonemes.Add(new(Phones.Pause, 0, Begun[0].Sample / (double)sampleRate));
        for (var i = 0; i < Begun.Count; i++)
        {
            if (Phones.FromEspeak(Begun[i].Name) is not { } phone) return null;
            var end = i + 1 < Begun.Count ? Begun[i + 1].Sample : Samples.Count;
            phonemes.Add(new(phone, Begun[i].Sample / (double)sampleRate, Math.Max(Begun[i].Sample, end) / (double)sampleRate));
        }

        var wave = Samples.Select(s => s / 32768f).ToArray();
        return new($"espeak-{voice}", text, new AudioClip(wave, sampleRate).Resample(16000), phonemes);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    static int Receive(short* wave, int count, Event* events)
    {
        for (var e = events; e->Type != 0; e++)
        {
            if (e->Type != PhonemeEvent) continue;
            var name = new ReadOnlySpan<byte>(e->Name, 8);
            Begun.Add((e->Sample, System.Text.Encoding.UTF8.GetString(name[..(name.IndexOf((byte)0) is var end && end < 0 ? 8 : end)])));
        }

        if (wave != null) Samples.AddRange(new ReadOnlySpan<short>(wave, count));
        return 0;
    }

    /// <summary>espeak_EVENT of speak_lib.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    struct Event
    {
        public int Type;
        public uint Identifier;
        public int TextPosition, Length, AudioPosition, Sample;
        public nint UserData;
        public fixed byte Name[8];
    }

    [LibraryImport(Library)]
    private static partial int espeak_Initialize(int output, int bufferLength, nint path, int options);

    [LibraryImport(Library)]
    private static partial void espeak_SetSynthCallback(delegate* unmanaged[Cdecl]<short*, int, Event*, int> callback);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int espeak_SetVoiceByName(string name);

    [LibraryImport(Library)]
    private static partial int espeak_SetParameter(int parameter, int value, int relative);

    [LibraryImport(Library)]
    private static partial int espeak_Synth(byte* text, nuint size, uint position, int positionType, uint endPosition, uint flags, nint identifier, nint userData);
}
