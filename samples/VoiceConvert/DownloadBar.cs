using System.Globalization;
using MultiModal.Runtime.Downloads;

namespace VoiceConvert;

/// <summary>What of a file has arrived.</summary>
sealed class DownloadBar : IProgress<DownloadProgress>
{
    public void Report(DownloadProgress value) => Console.Write(string.Create(
        CultureInfo.InvariantCulture, $"\r{value.File}: {value.Received >> 20} MB{(value.Total is { } total ? $" of {total >> 20} MB" : "")} "));
}
