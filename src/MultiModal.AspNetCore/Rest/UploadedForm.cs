using System.Globalization;
using System.Text;
using MultiModal.AspNetCore.Errors;

namespace MultiModal.AspNetCore.Rest;

/// <summary>The texts and files of a form.</summary>
internal sealed class UploadedForm
{
    readonly Dictionary<string, byte[]> texts = new(StringComparer.Ordinal);
    readonly Dictionary<string, byte[]> files = new(StringComparer.Ordinal);

    public bool TryAdd(string name, bool isFile, byte[] value) => (isFile ? files : texts).TryAdd(name, value);

    public byte[]? File(string name) => files.GetValueOrDefault(name);

    public string? Text(string name) => texts.TryGetValue(name, out var value) && value.Length > 0 ? Encoding.UTF8.GetString(value) : null;

    public double? Number(string name) => Parsed(name, static (string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value));

    public long? Integer(string name) => Parsed(name, static (string text, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value));

    T? Parsed<T>(string name, Parse<T> parse)
        where T : struct =>
        Text(name) is not { } text ? null
        : parse(text, out var value) ? value
        : throw Refusal.BadRequest("value-damaged", $"'{name}' is not a number.").Exception();

    delegate bool Parse<T>(string text, out T value);
}
