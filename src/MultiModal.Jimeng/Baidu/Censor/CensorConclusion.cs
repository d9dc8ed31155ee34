namespace MultiModal.Jimeng.Baidu.Censor;

/// <summary>A verdict (conclusionType).</summary>
public enum CensorConclusion
{
    /// <summary>Nothing was said: treat it as <see cref="Unknown"/>.</summary>
    None = 0,

    /// <summary>The content is acceptable (合规).</summary>
    Pass = 1,

    /// <summary>The content is not acceptable (不合规).</summary>
    Block = 2,

    /// <summary>A person should look (疑似).</summary>
    Review = 3,

    /// <summary>The audit itself failed (审核失败). Not a pass.</summary>
    Unknown = 4,
}
