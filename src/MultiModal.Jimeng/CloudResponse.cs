using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng;

/// <summary>What a cloud client's answer means, for handlers that a host program puts around it: most vendor errors come with status 200.</summary>
public static class CloudResponse
{
    /// <summary>The sort of failure an answer reports.</summary>
    /// <param name="response">An answer as a handler outside of the authentication sees it.</param>
    /// <returns>The sort of failure, or null where the answer is good.</returns>
    public static CloudErrorKind? GetErrorKind(HttpResponseMessage response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return BufferedContent.FaultOf(response)?.Kind;
    }
}
