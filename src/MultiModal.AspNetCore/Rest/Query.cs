using System.Globalization;
using Microsoft.AspNetCore.Http;
using MultiModal.Audio;
using MultiModal.AspNetCore.Engines;
using MultiModal.AspNetCore.Errors;

namespace MultiModal.AspNetCore.Rest;

/// <summary>Settings in the query of a request.</summary>
internal static class Query
{
    const int LongestName = 200;

    public static VoiceSettings VoiceSettings(this HttpRequest request) =>
        new(request.Name("model"), request.Name("voice"), request.Number("transpose") ?? 0, request.Seed());

    /// <summary>How samples of the answer are stored: pcm16 (the default) or float32.</summary>
    public static WavEncoding Encoding(this HttpRequest request) => request.Name("encoding") switch
    {
        null or "pcm16" => WavEncoding.Pcm16,
        "float32" => WavEncoding.Float32,
        _ => throw Wrong("encoding", "pcm16 or float32"),
    };

    public static int? Integer(this HttpRequest request, string name) =>
        request.Name(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value
        : throw Wrong(name, "a whole number");

    static double? Number(this HttpRequest request, string name) =>
        request.Name(name) is not { } text ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value
        : throw Wrong(name, "a number");

    static ulong? Seed(this HttpRequest request) =>
        request.Name("seed") is not { } text ? null
        : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value
        : throw Wrong("seed", "a whole number from 0 to 18446744073709551615");

    static string? Name(this HttpRequest request, string name)
    {
        var values = request.Query[name];
        if (values.Count > 1 || values.ToString().Length > LongestName)
            throw Wrong(name, "given once, and short");
        return values.ToString() is { Length: > 0 } text ? text : null;
    }

    static RefusalException Wrong(string name, string wanted) => Refusal.BadRequest("value-damaged", $"'{name}' is {wanted}.").Exception();
}
