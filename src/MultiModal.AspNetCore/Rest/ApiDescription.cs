using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace MultiModal.AspNetCore.Rest;

/// <summary>The OpenAPI document of the host's endpoints, and of no others of the application.</summary>
internal sealed class ApiDescription
{
    public const string Document = "multimodal";
    readonly Lazy<Task<byte[]>> json;

    public ApiDescription([FromKeyedServices(Document)] IOpenApiDocumentProvider documents) => json = new(() => WriteAsync(documents));

    public static void Configure(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = static description => description.GroupName == Document;
        options.AddOperationTransformer(RequestBodyMark.DescribeAsync);
        options.AddDocumentTransformer(static (document, _, _) =>
        {
            document.Info = new()
            {
                Title = "MultiModal",
                Version = "v1",
                Description = "Voice conversion and pictures. Errors are problem details (RFC 9457) with a member 'code'; 429 and 503 say by Retry-After when to come back.",
            };
            // The address is the reader's own business: behind a proxy the host does not know it.
            document.Servers = [];
            document.Components ??= new();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                ["token"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT" },
                ["key"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = "X-Api-Key" },
            };
            document.Security =
            [
                new() { [new OpenApiSecuritySchemeReference("token", document)] = [] },
                new() { [new OpenApiSecuritySchemeReference("key", document)] = [] },
            ];
            return Task.CompletedTask;
        });
    }

    public async Task<IResult> GetAsync(HttpContext context) => TypedResults.Bytes(await json.Value.WaitAsync(context.RequestAborted).ConfigureAwait(false), "application/json");

    static async Task<byte[]> WriteAsync(IOpenApiDocumentProvider documents)
    {
        var document = await documents.GetOpenApiDocumentAsync().ConfigureAwait(false);
        using var stream = new MemoryStream();
        await document.SerializeAsJsonAsync(stream, OpenApiSpecVersion.OpenApi3_1).ConfigureAwait(false);
        return stream.ToArray();
    }
}
