namespace MultiModal.Jimeng.Baidu;

/// <summary>The names of the operations, as they stand in errors, logs, metrics, and as keys of client-side limits.</summary>
public static class BaiduOperations
{
    /// <summary>Fetching an access token.</summary>
    public const string Token = "baidu.token";

    /// <summary>Short speech recognition.</summary>
    public const string Recognize = "baidu.speech.recognize";

    /// <summary>Realtime speech recognition.</summary>
    public const string RecognizeRealtime = "baidu.speech.realtime";

    /// <summary>Classic speech synthesis.</summary>
    public const string Synthesize = "baidu.speech.synthesize";

    /// <summary>Streaming speech synthesis.</summary>
    public const string SynthesizeStreaming = "baidu.speech.stream";

    /// <summary>Submitting a picture to ERNIE-ViLG.</summary>
    public const string SubmitImage = "baidu.image.submit";

    /// <summary>Asking after a picture of ERNIE-ViLG.</summary>
    public const string GetImage = "baidu.image.get";

    /// <summary>Submitting a picture to be described.</summary>
    public const string SubmitDescription = "baidu.describe.submit";

    /// <summary>Asking after a description.</summary>
    public const string GetDescription = "baidu.describe.get";

    /// <summary>Censoring text.</summary>
    public const string CensorText = "baidu.censor.text";

    /// <summary>Censoring a picture.</summary>
    public const string CensorImage = "baidu.censor.image";

    /// <summary>Qianfan chat.</summary>
    public const string Chat = "baidu.qianfan.chat";

    /// <summary>Qianfan pictures.</summary>
    public const string Images = "baidu.qianfan.images";

    /// <summary>Any other interface, called by its path.</summary>
    public const string Invoke = "baidu.invoke";

    /// <summary>Downloading a result.</summary>
    public const string Download = "baidu.download";
}
