using System.Text.Json;
using MultiModal.Jimeng.Baidu.Censor;
using MultiModal.Jimeng.Baidu.Images;
using MultiModal.Jimeng.Baidu.Speech;
using MultiModal.Jimeng.Chat;

namespace MultiModal.Jimeng.Baidu;

/// <summary>Baidu AI Cloud: speech, pictures, censorship, chat. Safe for concurrent calls.</summary>
/// <remarks>
/// Every member throws <see cref="CloudApiException"/> for whatever goes wrong between it and the service, and
/// <see cref="OperationCanceledException"/> when its token is cancelled.
/// </remarks>
public interface IBaiduAIClient
{
    /// <summary>Chat with the models of Qianfan, whole or streamed.</summary>
    IChatCompletionClient Chat { get; }

    /// <summary>Turns a recording of up to 60 seconds into text.</summary>
    /// <param name="request">The recording, its format, the model.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    Task<SpeechRecognition> RecognizeAsync(SpeechRecognitionRequest request, CancellationToken cancellationToken = default);

    /// <summary>Turns sound into text while it arrives.</summary>
    /// <param name="sound">16-bit little-endian mono samples, in pieces of any size. When it ends, the rest is recognised and the stream of texts ends.</param>
    /// <param name="options">Model, rate, pace.</param>
    /// <param name="cancellationToken">Gives the session up.</param>
    IAsyncEnumerable<RealtimeTranscript> RecognizeRealtimeAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> sound, RealtimeRecognitionOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Speaks text of any length: beyond 1,024 bytes of GBK it is split at sentences and joined again.</summary>
    /// <param name="request">The text and the voice.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    Task<SynthesizedSpeech> SynthesizeAsync(SpeechSynthesisRequest request, CancellationToken cancellationToken = default);

    /// <summary>Speaks text while it arrives, and gives sound as soon as there is some.</summary>
    /// <param name="text">Pieces of text, such as a chat model streams them.</param>
    /// <param name="options">The voice and the format.</param>
    /// <param name="cancellationToken">Gives the session up.</param>
    IAsyncEnumerable<ReadOnlyMemory<byte>> SynthesizeStreamingAsync(IAsyncEnumerable<string> text, StreamingSpeechOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Submits a picture to be drawn by ERNIE-ViLG (basic).</summary>
    /// <param name="request">The prompt, resolution, style.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <returns>The task's id.</returns>
    Task<string> SubmitImageAsync(ErnieBasicImageRequest request, CancellationToken cancellationToken = default);

    /// <summary>Submits a picture to be drawn by ERNIE-ViLG v2.</summary>
    /// <param name="request">The prompt, the size, a reference picture.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <returns>The task's id.</returns>
    Task<string> SubmitImageAsync(ErnieImageRequest request, CancellationToken cancellationToken = default);

    /// <summary>Asks after a task of ERNIE-ViLG (basic).</summary>
    /// <param name="taskId">What submitting gave.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    Task<ErnieImageTask> GetBasicImageAsync(string taskId, CancellationToken cancellationToken = default);

    /// <summary>Asks after a task of ERNIE-ViLG v2.</summary>
    /// <param name="taskId">What submitting gave.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    Task<ErnieImageTask> GetImageAsync(string taskId, CancellationToken cancellationToken = default);

    /// <summary>Draws with ERNIE-ViLG (basic): submits, waits, downloads.</summary>
    /// <param name="request">The prompt, resolution, style.</param>
    /// <param name="progress">Hears each state of the task.</param>
    /// <param name="cancellationToken">Gives the call up; the task goes on at the service.</param>
    Task<IReadOnlyList<CloudImage>> GenerateImageAsync(ErnieBasicImageRequest request, IProgress<ErnieImageTask>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Draws with ERNIE-ViLG v2: submits, waits, downloads. Pictures that the audit blocked come without bytes.</summary>
    /// <param name="request">The prompt, the size, a reference picture.</param>
    /// <param name="progress">Hears each state of the task.</param>
    /// <param name="cancellationToken">Gives the call up; the task goes on at the service.</param>
    /// <exception cref="CloudApiException">Also when the audit blocked every picture.</exception>
    Task<IReadOnlyList<CloudImage>> GenerateImageAsync(ErnieImageRequest request, IProgress<ErnieImageTask>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Draws with a model of Qianfan (irag-1.0, flux.1-schnell, qwen-image, …), and downloads.</summary>
    /// <param name="request">The prompt and the model.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    Task<IReadOnlyList<CloudImage>> GenerateImageAsync(QianfanImageRequest request, CancellationToken cancellationToken = default);

    /// <summary>Answers a question about a picture, or describes it: submits and waits.</summary>
    /// <param name="question">The picture and the question.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    Task<ImageDescription> DescribeImageAsync(ImageQuestion question, CancellationToken cancellationToken = default);

    /// <summary>Judges text. Beyond 20,000 bytes it is judged in parts, and the strictest verdict counts.</summary>
    /// <param name="request">The text, and whose it is.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    Task<CensorVerdict> CensorTextAsync(TextCensorRequest request, CancellationToken cancellationToken = default);

    /// <summary>Judges a picture.</summary>
    /// <param name="request">The picture, by bytes or by address.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    Task<CensorVerdict> CensorImageAsync(ImageCensorRequest request, CancellationToken cancellationToken = default);

    /// <summary>Calls any other interface of Baidu AI Cloud by its path, with tokens, limits, repeats and errors as everywhere.</summary>
    /// <param name="call">Path and fields.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    /// <returns>The answer as JSON.</returns>
    Task<JsonElement> InvokeAsync(BaiduApiCall call, CancellationToken cancellationToken = default);

    /// <summary>Downloads a result before its address expires. No credentials are sent.</summary>
    /// <param name="address">What a task gave.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    Task<CloudFile> DownloadAsync(Uri address, CancellationToken cancellationToken = default);
}
