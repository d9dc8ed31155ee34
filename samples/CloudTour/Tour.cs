using MultiModal.Jimeng.Baidu;
using MultiModal.Jimeng.Baidu.Speech;
using MultiModal.Jimeng.Volcengine;

namespace CloudTour;

/// <summary>Speak, recognise, censor, draw, describe: each step works on what the one before gave.</summary>
internal sealed class Tour(IBaiduAIClient baidu, IJimengClient jimeng)
{
    const string Sentence = "雪地里，一只戴着红围巾的橘猫。";

    public async Task RunAsync(string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);

        var speech = await baidu.SynthesizeAsync(new(Sentence) { Format = SpeechOutputFormat.Wav }, cancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(folder, "speech.wav"), speech.Audio, cancellationToken);
        Console.WriteLine($"speak      {speech.Audio.Length} bytes of {speech.MediaType} -> {folder}/speech.wav");

        var heard = await baidu.RecognizeAsync(new(speech.Audio) { Format = SpeechFormat.Wav }, cancellationToken);
        Console.WriteLine($"recognise  {heard.Text}");

        var words = await baidu.CensorTextAsync(new(heard.Text), cancellationToken);
        Console.WriteLine($"censor     the text: {words.ConclusionText}");
        if (!words.IsPass)
            return;

        var progress = new Progress<JimengProgress>(step => Console.WriteLine($"           {step.Stage} {step.Status}"));
        var drawn = await jimeng.GenerateAsync(new Jimeng3ImageRequest(heard.Text), progress, cancellationToken);
        var picture = drawn.Files[0];
        await picture.SaveAsync(Path.Combine(folder, "picture.png"), cancellationToken);
        Console.WriteLine($"draw       {picture.Bytes.Length} bytes of {picture.MediaType}, request {drawn.State.RequestId} -> {folder}/picture.png");

        var seen = await baidu.CensorImageAsync(new(picture.Bytes), cancellationToken);
        Console.WriteLine($"censor     the picture: {seen.ConclusionText}");

        var description = await baidu.DescribeImageAsync(new(picture.Bytes.ToArray()), cancellationToken);
        Console.WriteLine($"describe   {description.Text}");
    }
}
