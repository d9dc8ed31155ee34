using System.ComponentModel.DataAnnotations;
using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Chat;

/// <summary>A chat endpoint that speaks OpenAI's language.</summary>
public sealed class ChatEndpointOptions
{
    /// <summary>The address before <c>/chat/completions</c>, such as <c>https://llm.example/v1</c> or <c>http://localhost:8000/v1</c>.</summary>
    [Required]
    public Uri? BaseAddress { get; set; }

    /// <summary>The bearer key, or null for a server that asks for none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The model used where a request names none.</summary>
    public string? Model { get; set; }

    /// <summary>How limits, failures and slowness are dealt with.</summary>
    public CloudResilienceOptions Resilience { get; set; } = new();
}
