using MultiModal.AspNetCore.Access;
using MultiModal.AspNetCore.Grpc;
using MultiModal.AspNetCore.Jobs;
using MultiModal.AspNetCore.Limits;

namespace MultiModal.AspNetCore;

/// <summary>Who may use the host's engines, from where, and how much of them. Checked when the application starts.</summary>
/// <remarks>As it comes, the host answers this machine alone, and refuses everybody until keys are set or <see cref="AccessOptions.AllowAnonymous"/> is.</remarks>
public sealed class MultiModalHostOptions
{
    /// <summary>Tokens, API keys and the web pages that may call.</summary>
    public AccessOptions Access { get; set; } = new();

    /// <summary>The addresses that may call, and the proxies that are believed.</summary>
    public NetworkOptions Network { get; set; } = new();

    /// <summary>Rates, sizes and queues.</summary>
    public LimitOptions Limits { get; set; } = new();

    /// <summary>Jobs: how long results are kept, and how many.</summary>
    public JobOptions Jobs { get; set; } = new();

    /// <summary>gRPC: sizes and compression.</summary>
    public GrpcOptions Grpc { get; set; } = new();

    /// <summary>
    /// Whether answers carry an engine's own words when it refuses or fails. They may name files of this machine. False by default: the log has them.
    /// </summary>
    public bool DetailedErrors { get; set; }
}
