using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace MultiModal.AspNetCore.Rest;

/// <summary>
/// What an endpoint's body is, for the description. ASP.NET Core's own metadata for it would refuse other bodies by itself, before the guard and
/// without a word of why.
/// </summary>
/// <param name="ContentTypes">The types it may have.</param>
/// <param name="Json">The type of a JSON body.</param>
/// <param name="Parts">The parts of a form; those that begin with '@' are files.</param>
internal sealed record RequestBodyMark(string[] ContentTypes, Type? Json, params string[] Parts)
{
    const string Form = "multipart/form-data";

    public static async Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<RequestBodyMark>().FirstOrDefault() is not { } mark)
            return;
        var content = new Dictionary<string, OpenApiMediaType>();
        foreach (var type in mark.ContentTypes)
            content[type] = new() { Schema = await mark.SchemaAsync(type, context, cancellationToken).ConfigureAwait(false) };
        operation.RequestBody = new OpenApiRequestBody { Required = true, Content = content };
    }

    async Task<IOpenApiSchema> SchemaAsync(string contentType, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (Json is { } json)
        {
            var schema = await context.GetOrCreateSchemaAsync(json, null, cancellationToken).ConfigureAwait(false);
            if (context.Document is not { } document)
                return schema;
            document.AddComponent(json.Name, schema);
            return new OpenApiSchemaReference(json.Name, document);
        }

        return contentType != Form ? Binary() : new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = Parts.ToDictionary(
                static part => part.TrimStart('@'), static IOpenApiSchema (part) => part.StartsWith('@') ? Binary() : new OpenApiSchema { Type = JsonSchemaType.String }),
        };
    }

    static OpenApiSchema Binary() => new() { Type = JsonSchemaType.String, Format = "binary" };
}
