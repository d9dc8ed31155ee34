namespace MultiModal.AspNetCore.Limits;

/// <summary>How much of the host callers may use.</summary>
public sealed class LimitOptions
{
    /// <summary>Requests per second from one address (one /64 network of IPv6), before anything else is looked at; 50 by default. Bursts may be twice as many.</summary>
    public int RequestsPerSecondAndAddress { get; set; } = 50;

    /// <summary>Requests per second of one caller, wherever from; 20 by default. Bursts may be twice as many.</summary>
    public int RequestsPerSecondAndCaller { get; set; } = 20;

    /// <summary>The largest upload, in bytes; 32 MiB by default.</summary>
    public long MaximumUploadBytes { get; set; } = 32L << 20;

    /// <summary>How many bytes all uploads under way may take together; 256 MiB by default. Those of unknown length count as the largest.</summary>
    public long MaximumUploadBytesInFlight { get; set; } = 256L << 20;

    /// <summary>How long an upload may take; a minute by default.</summary>
    public TimeSpan UploadTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The largest JSON text, in bytes; 64 KiB by default.</summary>
    public int MaximumJsonBytes { get; set; } = 64 << 10;

    /// <summary>The longest recording; 10 minutes by default.</summary>
    public TimeSpan MaximumAudioDuration { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The most pixels of a picture that is uploaded or drawn; 4 million (2048 x 2048) by default.</summary>
    public int MaximumPixels { get; set; } = 2048 * 2048;

    /// <summary>The most pictures of one request; 8 by default.</summary>
    public int MaximumImages { get; set; } = 8;

    /// <summary>The most sampling steps of one request; 150 by default.</summary>
    public int MaximumSteps { get; set; } = 150;

    /// <summary>The longest prompt, in characters; 4000 by default.</summary>
    public int MaximumPromptLength { get; set; } = 4000;

    /// <summary>How long a live stream of sound may be silent on the wire before it is closed; 30 s by default.</summary>
    public TimeSpan StreamIdleTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Drawing and editing, for each model: one at a time and 16 waiting by default.</summary>
    public QueueOptions Images { get; set; } = new();

    /// <summary>Conversion of recordings, for each model: one at a time and 16 waiting by default.</summary>
    public QueueOptions Voice { get; set; } = new();

    /// <summary>Live conversion, for each model: four streams at a time by default. A stream that had to wait would not be live: none waits.</summary>
    public QueueOptions VoiceStreams { get; set; } = new() { Concurrency = 4, Length = 0 };
}
