using System.Security.Cryptography;
using System.Text;
using MultiModal.Capabilities;
using MultiModal.Images;

namespace MultiModal.Pipeline.Security;

/// <summary>Asks all censors about a content, decides by a policy, does what it says, and records it. Safe for concurrent use.</summary>
/// <remarks>The strictest censor counts. A censor that fails counts as one that could not judge: <see cref="ContentPolicy.OnUnknown"/>.</remarks>
public sealed class ContentFilter
{
    readonly ITextCensor[] textCensors;
    readonly IImageCensor[] imageCensors;
    readonly ContentPolicy policy;
    readonly IContentAuditSink? audit;
    readonly TimeProvider time;

    /// <summary>A filter.</summary>
    /// <param name="textCensors">Who judges texts: a word list, a vendor.</param>
    /// <param name="imageCensors">Who judges pictures: a classifier, a vendor.</param>
    /// <param name="policy">What is done; null for the default policy. It is not to be changed afterwards.</param>
    /// <param name="audit">Where decisions are recorded; null for nowhere.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public ContentFilter(
        IEnumerable<ITextCensor> textCensors, IEnumerable<IImageCensor> imageCensors, ContentPolicy? policy = null, IContentAuditSink? audit = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(textCensors);
        ArgumentNullException.ThrowIfNull(imageCensors);
        (this.textCensors, this.imageCensors, this.policy, this.audit, this.time) = ([.. textCensors], [.. imageCensors], policy ?? new(), audit, time ?? TimeProvider.System);
    }

    /// <summary>Filters a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cancellationToken">Gives up; nothing has passed then.</param>
    /// <exception cref="InvalidOperationException">There is no censor for texts: nothing can pass unjudged.</exception>
    public async Task<ContentDecision<string>> FilterAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        var judgement = await JudgeAsync(textCensors, (censor, stop) => censor.CensorAsync(text, stop), cancellationToken).ConfigureAwait(false);
        var action = policy.Decide(judgement);
        await RecordAsync(ContentKind.Text, Fingerprint(Encoding.UTF8.GetBytes(text)), action, judgement, cancellationToken).ConfigureAwait(false);
        return new(action switch { ContentAction.Block => null, ContentAction.Blur => Cover(text, judgement), _ => text }, action, judgement);
    }

    /// <summary>Filters a picture.</summary>
    /// <param name="image">The picture; it is not changed.</param>
    /// <param name="cancellationToken">Gives up; nothing has passed then.</param>
    /// <exception cref="InvalidOperationException">There is no censor for pictures: nothing can pass unjudged.</exception>
    public async Task<ContentDecision<ImageBuffer>> FilterAsync(ImageBuffer image, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        var judgement = await JudgeAsync(imageCensors, (censor, stop) => censor.CensorAsync(image, stop), cancellationToken).ConfigureAwait(false);
        var action = policy.Decide(judgement);
        await RecordAsync(ContentKind.Image, Fingerprint(image.Pixels), action, judgement, cancellationToken).ConfigureAwait(false);
        return new(action switch { ContentAction.Block => null, ContentAction.Blur => Blur(image), _ => image }, action, judgement);
    }

    /// <summary>Shapes are gone, colours stay: eight pixels along the shorter side, drawn large again.</summary>
    internal static ImageBuffer Blur(ImageBuffer image)
    {
        var shrink = Math.Max(1, Math.Min(image.Width, image.Height) / 8);
        return image.Resize(Math.Max(1, image.Width / shrink), Math.Max(1, image.Height / shrink), ResizeFilter.Box).Resize(image.Width, image.Height, ResizeFilter.Bicubic);
    }

    /// <summary>The words found become blocks of the same length; a text of which no words are known is blocked out as a whole.</summary>
    static string Cover(string text, ContentJudgement judgement)
    {
        string[] words = [.. judgement.Findings.SelectMany(f => f.Words).Where(w => w.Length > 0).OrderByDescending(w => w.Length)];
        return words.Length == 0 ? new('\u2588', text.Length) : words.Aggregate(text, (covered, word) => covered.Replace(word, new('\u2588', word.Length), StringComparison.OrdinalIgnoreCase));
    }

    static async Task<ContentJudgement> JudgeAsync<T>(T[] censors, Func<T, CancellationToken, Task<ContentJudgement>> judge, CancellationToken cancellationToken)
    {
        if (censors.Length == 0) throw new InvalidOperationException("There is no censor for this kind of content. Register one, such as WordListCensor for texts.");
        var judgements = await Task.WhenAll(censors.Select(async censor =>
        {
            try
            {
                return await judge(censor, cancellationToken).ConfigureAwait(false);
            }
            catch (MultiModalException error)
            {
                return new ContentJudgement(ContentVerdict.Unknown, [new(ContentCategories.Other, 1) { Message = error.Message }]);
            }
        })).ConfigureAwait(false);
        return judgements.Aggregate((all, next) => all.And(next));
    }

    static string Fingerprint(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16));

    async ValueTask RecordAsync(ContentKind kind, string fingerprint, ContentAction action, ContentJudgement judgement, CancellationToken cancellationToken)
    {
        if (audit is null) return;
        await audit.WriteAsync(
            new(time.GetUtcNow(), kind, fingerprint, action, judgement.Verdict, [.. judgement.Findings.Select(f => f.Category).Distinct()], judgement.Score), cancellationToken).ConfigureAwait(false);
    }
}
