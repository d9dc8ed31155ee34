namespace MultiModal.Jimeng.Baidu;

/// <summary>How requests to Baidu prove who sends them.</summary>
public enum BaiduAuthentication
{
    /// <summary>As the keys suggest: a bearer key where <see cref="BaiduAIOptions.ApiKey"/> begins with <c>bce-v3/</c>, a fixed token where <see cref="BaiduAIOptions.AccessToken"/> is set, OAuth otherwise.</summary>
    Auto,

    /// <summary>An access token fetched with API key and secret key, cached, and fetched again before it expires.</summary>
    OAuth,

    /// <summary>The API key itself as bearer (<c>Authorization: Bearer bce-v3/ALTAK-…</c>); no token is fetched.</summary>
    ApiKey,

    /// <summary>An access token that the program has from elsewhere; it is never renewed.</summary>
    AccessToken,

    /// <summary>Signing with an IAM key pair (bce-auth-v1). Accepted by aip.baidubce.com, not by the speech hosts.</summary>
    Iam,
}
