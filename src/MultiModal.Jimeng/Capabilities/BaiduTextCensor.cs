using MultiModal.Capabilities;
using MultiModal.Jimeng.Baidu;

namespace MultiModal.Jimeng.Capabilities;

/// <summary>Baidu's text censor as <see cref="ITextCensor"/>.</summary>
internal sealed class BaiduTextCensor(IBaiduAIClient client) : ITextCensor
{
    public async Task<ContentJudgement> CensorAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return BaiduJudgement.Of(await client.CensorTextAsync(new(text), cancellationToken).ConfigureAwait(false));
    }
}
