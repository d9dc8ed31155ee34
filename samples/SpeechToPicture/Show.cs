using MultiModal.Audio;
using MultiModal.Capabilities;
using MultiModal.Images;
using MultiModal.Pipeline.Composition;
using MultiModal.Pipeline.Ready;

namespace SpeechToPicture;

/// <summary>Runs the three ready pipelines one after the other.</summary>
internal sealed class Show(
    ISpeechSynthesizer synthesizer, Pipeline<AudioClip, SpeechPicture> speechToPicture, Pipeline<string, Story> storyTeller,
    Pipeline<IAsyncEnumerable<AudioClip>, IAsyncEnumerable<AudioClip>> voiceSwap)
{
    const string Sentence = "a red apple";

    public async Task RunAsync(string? input, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        string At(string name) => Path.Combine(folder, name);
        var speech = input is null ? await synthesizer.SynthesizeAsync(Sentence, null, cancellationToken) : await WavFile.ReadAsync(input, null, cancellationToken);

        Console.WriteLine($"\n{speechToPicture.Name}");
        var picture = await speechToPicture.RunAsync(speech, new Told(), cancellationToken);
        await PngCodec.Default.SaveAsync(picture.Image, At("picture.png"), cancellationToken);
        Console.WriteLine($"  heard    {picture.Text}\n  drawn    {picture.Prompt}\n  seen     {picture.Caption}\n  -> {At("picture.png")}, {picture.Image.Width}x{picture.Image.Height}");

        Console.WriteLine($"\n{storyTeller.Name}");
        var story = await storyTeller.RunAsync(picture.Text, new Told(), cancellationToken);
        await WavFile.WriteAsync(At("story.wav"), story.Speech, cancellationToken: cancellationToken);
        await PngCodec.Default.SaveAsync(story.Illustration.Image, At("story.png"), cancellationToken);
        Console.WriteLine($"  seen     {story.Illustration.Caption}, which says {story.Illustration.Match:P0} of the text, at attempt {story.Illustration.Attempts}");
        Console.WriteLine($"  -> {At("story.wav")}, {story.Speech.Duration.TotalSeconds:0.0} s; {At("story.png")}");

        Console.WriteLine($"\n{voiceSwap.Name}");
        var swapped = new List<AudioClip>();
        await foreach (var piece in voiceSwap.RunStreamAsync(Pieces(speech), new Told(), cancellationToken))
            swapped.Add(piece);
        await WavFile.WriteAsync(At("swapped.wav"), AudioClip.Concatenate([.. swapped]), cancellationToken: cancellationToken);
        Console.WriteLine($"  -> {At("swapped.wav")}, {swapped.Count} pieces");

        await File.WriteAllTextAsync(At("pipelines.md"), string.Concat(new IPipeline[] { speechToPicture, storyTeller, voiceSwap }.Select(static p => $"## {p.Name}\n\n```mermaid\n{p.ToMermaid()}```\n\n")), cancellationToken);
        Console.WriteLine($"\nThe pipelines, drawn by themselves -> {At("pipelines.md")}");
    }

    /// <summary>Sound as a microphone gives it: 100 ms at a time.</summary>
    static async IAsyncEnumerable<AudioClip> Pieces(AudioClip sound)
    {
        await Task.CompletedTask;
        var length = sound.SampleRate / 10;
        for (var at = 0; at < sound.FrameCount; at += length)
            yield return sound.Slice(at, Math.Min(length, sound.FrameCount - at));
    }

    sealed class Told : IProgress<StepEvent>
    {
        public void Report(StepEvent value)
        {
            if (value.Kind is StepEventKind.Completed or StepEventKind.Failed or StepEventKind.FellBack)
                Console.WriteLine($"  {value.Kind,-10} {value.Step} {(value.Elapsed > TimeSpan.Zero ? $"({value.Elapsed.TotalMilliseconds:0} ms)" : "")}");
        }
    }
}
