namespace MultiModal.Jimeng.Http;

/// <summary>Where a request carries its access token.</summary>
internal enum TokenPlacement
{
    /// <summary>Nowhere.</summary>
    None,

    /// <summary>In the query, as <c>access_token</c>.</summary>
    AccessTokenQuery,

    /// <summary>In the query, as <c>token</c> (raw speech recognition).</summary>
    TokenQuery,

    /// <summary>In the body, where <see cref="CloudCall.Body"/> puts it.</summary>
    Body,

    /// <summary>In a header of its own kind: a bearer key that the call itself carries.</summary>
    BearerHeader,

    /// <summary>In a signature of Volcengine's, over the whole request.</summary>
    Signature,
}
