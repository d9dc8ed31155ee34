using MultiModal.AspNetCore.Tests.Support;
using MultiModal.Images;
using MultiModal.Testing;

namespace MultiModal.AspNetCore.Tests.Page;

/// <summary>The page in a real browser, with pictures of it in artifacts/screenshots.</summary>
public sealed class BrowserTests
{
    [ChromiumFact]
    public async Task Everything_on_the_page_can_be_done()
    {
        await using var host = await TestHost.StartAsync();
        host.Painter.BeforeStep = static (_, cancellationToken) => Task.Delay(60, cancellationToken);
        using var folder = new TemporaryFolder();
        var recording = folder.Write("speech.wav", Tones.Wav(48000));
        await using var page = await Chromium.OpenAsync(host.Address, 1280, 1120);

        // Without a key the page says so, and nothing else can be done.
        await page.UntilAsync("document.getElementById('status').className.includes('bad')");
        Assert.Contains("API key", (string?)await page.EvaluateAsync("document.getElementById('status').textContent"), StringComparison.Ordinal);
        await page.EvaluateAsync($"document.getElementById('credential').value = '{TestHost.ApiKey.Key}'; document.getElementById('connect').click()");
        await page.UntilAsync("document.getElementById('status').className.includes('good') && document.getElementById('voice-name').options.length === 2");

        // A file is chosen and converted; both can be heard.
        await page.ChooseFileAsync("#file", recording);
        await page.UntilAsync("!document.getElementById('convert').disabled && !document.getElementById('audio-in').hidden");
        await page.EvaluateAsync("document.getElementById('voice-name').value = 'bass'; document.getElementById('convert').click()");
        await page.UntilAsync("document.getElementById('audio-out').duration === 1 && !document.getElementById('download-out').hidden");
        Assert.Equal(1, host.Voice.Finished);

        // A picture is drawn, with previews on the way.
        await page.EvaluateAsync("""
            window.seen = [];
            new MutationObserver(() => window.seen.push(document.getElementById('picture').className)).observe(document.getElementById('picture'), { attributes: true });
            document.getElementById('steps').value = 8; document.getElementById('seed').value = 90; document.getElementById('generate').click();
            """);
        await page.UntilAsync("document.getElementById('caption').textContent === 'painter, seed 90'");
        Assert.True((bool)(await page.EvaluateAsync("window.seen.includes('preview') && document.getElementById('picture').className === '' && document.getElementById('picture').naturalWidth === 16"))!);
        Assert.Equal("a koi pond in the rain, ink on paper", (string?)await page.EvaluateAsync("document.getElementById('picture').alt"));
        await SaveAsync("page", await page.ScreenshotAsync());

        // A drawing is stopped.
        await page.EvaluateAsync("document.getElementById('steps').value = 100; document.getElementById('generate').click()");
        await page.UntilAsync("!document.getElementById('stop').hidden && document.getElementById('caption').textContent.startsWith('Drawing')");
        await page.EvaluateAsync("document.getElementById('stop').click()");
        await page.UntilAsync("document.getElementById('caption').textContent === 'Stopped.'");
        await Eventually.TrueAsync(() => host.Painter.Cancelled == 1);

        // Something is recorded, and heard live: the credential goes with the socket.
        await page.EvaluateAsync("document.getElementById('record').click()");
        await page.UntilAsync("parseFloat(document.getElementById('length').textContent) > 0.3 && document.getElementById('record').getAttribute('aria-pressed') === 'true'");
        await page.EvaluateAsync("document.getElementById('record').click()");
        await page.UntilAsync("document.getElementById('audio-in').duration > 0.3 && document.getElementById('audio-in').duration < 30 && document.getElementById('record').textContent.trim() === 'Record'");
        await page.EvaluateAsync("document.getElementById('live').click()");
        await Eventually.TrueAsync(() => host.Services.IsStreaming());
        await page.UntilAsync("document.getElementById('live').textContent === 'Stop'");
        await Task.Delay(500);
        await page.EvaluateAsync("document.getElementById('live').click()");
        await Eventually.TrueAsync(() => host.Services.IsIdle());

        // A refusal is told in words.
        await page.EvaluateAsync("document.getElementById('width').value = '999999'; document.getElementById('steps').value = ''; document.getElementById('draw').noValidate = true; document.getElementById('generate').click()");
        await page.UntilAsync("document.getElementById('image-message').textContent.includes('pixels') || document.getElementById('image-message').textContent.includes('engine')");
        Assert.DoesNotContain(page.Complaints, static text => !text.Contains("Failed to load resource", StringComparison.Ordinal));
        Assert.Empty(host.Log.Errors);
    }

    [ChromiumFact]
    public async Task It_fits_a_telephone_and_the_dark()
    {
        await using var host = await TestHost.StartAsync(options => options.Access.AllowAnonymous = true);
        await using var page = await Chromium.OpenAsync(host.Address, 390, 844, dark: true);
        await page.UntilAsync("document.getElementById('status').className.includes('good')");
        Assert.True((bool)(await page.EvaluateAsync("document.documentElement.scrollWidth <= 390"))!);
        await SaveAsync("page-small", await page.ScreenshotAsync());
    }

    static async Task SaveAsync(string name, byte[] png)
    {
        Assert.True(PngCodec.Default.Decode(png).Width > 0);
        if (RepositoryFolder.Find() is not { } root)
            return;
        var folder = Directory.CreateDirectory(Path.Combine(root, "artifacts", "screenshots"));
        await File.WriteAllBytesAsync(Path.Combine(folder.FullName, name + ".png"), png);
    }
}
