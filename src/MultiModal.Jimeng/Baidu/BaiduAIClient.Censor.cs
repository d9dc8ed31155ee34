using System.Text;
using MultiModal.Jimeng.Baidu.Censor;
using MultiModal.Jimeng.Baidu.Speech;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Baidu;

/// <content>Censorship of text and pictures.</content>
public partial class BaiduAIClient
{
    const int MaxCensoredBytes = 20000;
    const string Solution = "rest/2.0/solution/v1/";

    /// <inheritdoc/>
    public virtual async Task<CensorVerdict> CensorTextAsync(TextCensorRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Text.Length == 0)
            throw Refuse(BaiduOperations.CensorText, "There is no text to judge.");
        CensorVerdict? whole = null;
        foreach (var piece in GbkText.Split(request.Text, MaxCensoredBytes, Encoding.UTF8))
        {
            var form = new FormWriter().Add("text", piece).Add("strategyId", request.StrategyId).Add("userId", request.UserId).Add("userIp", request.UserIp);
            var verdict = await CensorAsync(BaiduOperations.CensorText, "text_censor/v2/user_defined", Complete(form, request.Extra), cancellationToken).ConfigureAwait(false);
            whole = whole is null ? verdict : Stricter(whole, verdict);
        }

        return whole!;
    }

    /// <inheritdoc/>
    public virtual Task<CensorVerdict> CensorImageAsync(ImageCensorRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Url is null && request.Image.IsEmpty)
            throw Refuse(BaiduOperations.CensorImage, "There is no picture to judge.");
        var form = new FormWriter();
        if (request.Url is { } url)
            form.Add("imgUrl", url.OriginalString);
        else
            form.AddBase64("image", request.Image.Span);
        form.Add("imgType", request.IsAnimated is { } moves ? (moves ? 1 : 0) : null).Add("strategyId", request.StrategyId);
        return CensorAsync(BaiduOperations.CensorImage, "img_censor/v2/user_defined", Complete(form, request.Extra), cancellationToken);
    }

    async Task<CensorVerdict> CensorAsync(string operation, string path, HttpContent content, CancellationToken cancellationToken)
    {
        using var message = Post(options.AipEndpoint, Solution + path, content);
        return await transport.SendAsync(AipCall(operation, CallSafety.Paid), message, BaiduJson.Relaxed.CensorVerdict, cancellationToken).ConfigureAwait(false);
    }

    static ByteArrayContent Complete(FormWriter form, IReadOnlyDictionary<string, string>? extra)
    {
        foreach (var (name, value) in extra ?? new Dictionary<string, string>())
            form.Add(name, value);
        return form.ToContent();
    }

    static CensorVerdict Stricter(CensorVerdict a, CensorVerdict b)
    {
        var stricter = Rank(b.Conclusion) > Rank(a.Conclusion) ? b : a;
        return stricter with { Findings = [.. a.Findings ?? [], .. b.Findings ?? []] };
    }

    static int Rank(CensorConclusion conclusion) => conclusion switch
    {
        CensorConclusion.Pass => 0,
        CensorConclusion.Review => 1,
        CensorConclusion.Block => 3,
        _ => 2,
    };
}
