using MultiModal.Audio;
using MultiModal.Capabilities;
using MultiModal.Images;

namespace MultiModal.Pipeline.Tests.Ready;

/// <summary>An engine of every kind whose results carry what went in, so that the way of a text can be followed.</summary>
sealed class Engines : ISpeechRecognizer, ISpeechSynthesizer, IVoiceConverter, IStreamingVoiceConverter, IImageGenerator, IImageEditor, IImageDescriber, ITextCensor, IImageCensor, IChatModel
{
    readonly Lock gate = new();

    public string Heard { get; set; } = "a red cat";

    public Func<ImageGenerationRequest, string> Draws { get; set; } = static request => request.Prompt;

    public Func<string, ContentVerdict> Judges { get; set; } = static text => text.Contains("bad", StringComparison.Ordinal) ? ContentVerdict.Block : ContentVerdict.Pass;

    public List<string> Calls { get; } = [];

    public IReadOnlyCollection<string> Voices => ["alice"];

    public Task<Transcription> RecognizeAsync(AudioClip audio, TranscriptionRequest? request = null, CancellationToken cancellationToken = default) => Task.FromResult(new Transcription(Note("hear", Heard)));

    public Task<AudioClip> SynthesizeAsync(string text, SpeechRequest? request = null, CancellationToken cancellationToken = default) => Task.FromResult(new AudioClip(new float[Note("speak", text).Length], 16000));

    public Task<AudioClip> ConvertAsync(AudioClip input, VoiceConversionRequest? request = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        progress?.Report(1);
        return Task.FromResult(new AudioClip([.. input.Channel(0).ToArray().Select(static x => x + 1)], input.SampleRate));
    }

    public async IAsyncEnumerable<AudioClip> ConvertStreamAsync(IAsyncEnumerable<AudioClip> input, VoiceConversionRequest? request = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var piece in input.WithCancellation(cancellationToken)) yield return await ConvertAsync(piece, request, null, cancellationToken);
    }

    public Task<ImageGenerationResult> GenerateAsync(ImageGenerationRequest request, IProgress<double>? progress = null, CancellationToken cancellationToken = default) =>
        Task.FromResult(new ImageGenerationResult([Picture(Note("draw", Draws(request)))]));

    public Task<ImageGenerationResult> EditAsync(ImageBuffer image, ImageEditRequest request, IProgress<double>? progress = null, CancellationToken cancellationToken = default) =>
        Task.FromResult(new ImageGenerationResult([Picture($"{Of(image)} {request.Prompt}")]));

    public Task<ImageCaption> DescribeAsync(ImageBuffer image, ImageDescriptionRequest? request = null, CancellationToken cancellationToken = default) => Task.FromResult(new ImageCaption($"Seen: {Of(image)}"));

    public Task<ContentJudgement> CensorAsync(string text, CancellationToken cancellationToken = default) => Task.FromResult(Judge(text));

    public Task<ContentJudgement> CensorAsync(ImageBuffer image, CancellationToken cancellationToken = default) => Task.FromResult(Judge(Of(image)));

    public Task<ChatReply> CompleteAsync(ChatModelRequest request, CancellationToken cancellationToken = default) =>
        Task.FromResult(new ChatReply(string.Join('|', request.Messages.Select(static message => $"{message.Role}:{message.Text}"))));

    public IAsyncEnumerable<string> StreamAsync(ChatModelRequest request, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    ContentJudgement Judge(string text) => Judges(text) is var verdict && verdict == ContentVerdict.Pass ? ContentJudgement.Passed : new(verdict, [new(ContentCategories.Violence, 0.9)]);

    string Note(string what, string text)
    {
        lock (gate) Calls.Add($"{what}: {text}");
        return text;
    }

    static ImageBuffer Picture(string text) => new ImageBuffer(4, 4).WithText(new Dictionary<string, string> { ["is"] = text });

    static string Of(ImageBuffer image) => image.Text["is"];
}
