using System.Net;
using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace MultiModal.AspNetCore.Page;

/// <summary>The page's files, from the assembly.</summary>
internal static class PageFiles
{
    // Only what the page consists of: nothing of another origin, no scripts or styles in the markup, no frame around it.
    const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    static readonly (string Name, string MediaType)[] Files =
    [
        ("app.js", "text/javascript; charset=utf-8"),
        ("audio.js", "text/javascript; charset=utf-8"),
        ("recorder.js", "text/javascript; charset=utf-8"),
        ("style.css", "text/css; charset=utf-8"),
    ];

    /// <param name="page">Where the page is.</param>
    /// <param name="path">The same as a path, without a slash at the end: addresses in the page are absolute, as it may be asked for with a slash and without.</param>
    /// <param name="prefix">What stands before v1 in paths.</param>
    public static void Map(IEndpointRouteBuilder page, string path, string prefix)
    {
        var html = Encoding.UTF8.GetString(Read("index.html"))
            .Replace("{prefix}", WebUtility.HtmlEncode(prefix), StringComparison.Ordinal)
            .Replace("{base}", WebUtility.HtmlEncode(path), StringComparison.Ordinal);
        var index = Encoding.UTF8.GetBytes(html);
        page.MapGet("/", context => ServeAsync(context, index, "text/html; charset=utf-8"));
        foreach (var (name, mediaType) in Files)
        {
            var bytes = Read(name);
            page.MapGet("/" + name, context => ServeAsync(context, bytes, mediaType));
        }
    }

    static async Task ServeAsync(HttpContext context, byte[] bytes, string mediaType)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers[HeaderNames.CacheControl] = "no-cache";
        headers["Referrer-Policy"] = "no-referrer";
        context.Response.ContentType = mediaType;
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
    }

    static byte[] Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("page/" + name)
            ?? throw new InvalidOperationException($"The page has no file '{name}'.");
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
