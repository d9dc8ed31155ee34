using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace MultiModal.Jimeng.Volcengine;

/// <summary>A request for a model this library has no type for: its key, its actions, and its fields in <see cref="JimengRequest.Extra"/>.</summary>
public sealed record JimengCustomRequest : JimengRequest
{
    /// <summary>Makes a request.</summary>
    /// <param name="reqKey">The model's key.</param>
    /// <param name="fields">The request's fields, as the vendor's manual names them.</param>
    public JimengCustomRequest(string reqKey, JsonObject fields)
        : base(reqKey) => Extra = fields;

    internal override JsonTypeInfo Json => JimengJson.Relaxed.JimengCustomRequest;
}
