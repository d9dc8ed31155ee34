using MultiModal.Jimeng.Http;
using static MultiModal.Jimeng.CloudErrorKind;

namespace MultiModal.Jimeng.Baidu;

/// <summary>Baidu's codes and what they mean. The same number means different things to different services, hence one table each.</summary>
internal static class BaiduErrorTable
{
    const string Keys = "Check API Key and Secret Key, and that the token belongs to this application.";
    const string Allow = "Tick the interface in the application's settings of Baidu's console, or have it opened for the account.";
    const string Slower = "Send fewer at a time, set client-side limits, or buy a higher rate.";
    const string Buy = "Wait for the next day, or buy more.";

    /// <summary>Codes of aip.baidubce.com (error_code).</summary>
    public static BaiduErrorRow? Aip(string code) => code switch
    {
        "1" or "2" => new(Unavailable, Recovery.Later, "The service is temporarily not available."),
        "3" => new(InvalidInput, Recovery.None, "There is no such interface.", "Check the path."),
        "4" => new(RateLimited, Recovery.BackOff, "The cluster's limit is reached.", Slower),
        "6" => new(AccessDenied, Recovery.None, "The application may not use this interface.", Allow),
        "13" => new(Authentication, Recovery.Renew, "The service could not check the token.", Keys),
        "14" => new(Authentication, Recovery.AdjustClock, "The IAM signature was refused.", "Check the IAM keys and this machine's clock."),
        "15" => new(Authentication, Recovery.None, "The application does not exist.", Keys),
        "17" => new(QuotaExceeded, Recovery.None, "The day's requests are used up.", Buy),
        "18" => new(RateLimited, Recovery.BackOff, "Too many requests a second.", Slower),
        "19" => new(QuotaExceeded, Recovery.None, "The total of requests is used up.", Buy),
        "100" => new(Authentication, Recovery.RenewPerhaps, "A parameter is invalid, most often the access token.", Keys),
        "110" => new(Authentication, Recovery.Renew, "The access token is invalid.", Keys),
        "111" => new(Authentication, Recovery.Renew, "The access token has expired.", Keys),
        "216100" or "216101" or "216102" => new(InvalidInput, Recovery.None, "A parameter is invalid, missing or not supported."),
        "216103" => new(InvalidInput, Recovery.None, "A parameter is too long."),
        "216110" => new(InvalidInput, Recovery.None, "The application id does not exist."),
        "216200" => new(InvalidInput, Recovery.None, "The picture is empty or not base64."),
        "216201" => new(InvalidInput, Recovery.None, "The picture's format is not supported.", "Send PNG, JPEG or BMP."),
        "216202" => new(InvalidInput, Recovery.None, "The picture's size is not accepted.", "Mind the limits in bytes and in pixels."),
        "216203" => new(InvalidInput, Recovery.None, "The picture is not valid base64."),
        "216303" => new(CloudErrorKind.Timeout, Recovery.None, "The task took longer than 15 minutes.", "Submit it again.", true),
        "216401" => new(RateLimited, Recovery.BackOff, "Too many submissions, or an internal error.", Slower),
        "216630" => new(Unavailable, Recovery.Later, "The recognition failed."),
        "282000" => new(Unavailable, Recovery.Later, "An internal error of the service."),
        "282003" => new(InvalidInput, Recovery.None, "A parameter is missing."),
        "282004" => new(InvalidInput, Recovery.None, "A parameter is invalid, or the text holds words that are not accepted."),
        "282110" or "282111" => new(InvalidInput, Recovery.None, "The URL is missing or illegal."),
        "282112" or "282113" => new(InvalidInput, Recovery.None, "The picture could not be fetched from its URL.", "The URL must be reachable from the internet.", true),
        "282114" => new(InvalidInput, Recovery.None, "The URL is too long."),
        "282202" or "282102" or "282103" or "282810" => new(Unavailable, Recovery.Later, "The recognition failed."),
        "282352" => new(QuotaExceeded, Recovery.None, "The total of pictures is used up.", Buy),
        "500" => new(Unavailable, Recovery.Later, "An internal error of the service."),
        "100020" => new(Authentication, Recovery.RenewPerhaps, "The credentials are missing.", Keys),
        "336501" or "336502" => new(RateLimited, Recovery.BackOff, "The model's rate is reached.", Slower),
        "336100" => new(Unavailable, Recovery.Later, "The model is busy."),
        "336000" => new(Unavailable, Recovery.Later, "An internal error of the service."),
        ['2', '1', '6', '0', ..] => new(Unavailable, Recovery.Later, "An internal error of the service."),
        _ => null,
    };

    /// <summary>Codes of short speech recognition (err_no).</summary>
    public static BaiduErrorRow? Recognition(string code) => code switch
    {
        "3300" => new(InvalidInput, Recovery.None, "A parameter is wrong or missing.", "Check format, rate, channel and cuid."),
        "3301" => new(NoSpeech, Recovery.None, "The recording is of poor quality or holds no speech.", "Record 16 kHz mono, close to the microphone, at most 60 s."),
        "3302" => new(Authentication, Recovery.RenewPerhaps, "The token is invalid, the quota is used up, or the sample rate is wrong.", Keys),
        "3303" => new(Unavailable, Recovery.Later, "The recogniser is busy."),
        "3304" => new(ConcurrencyLimited, Recovery.BackOff, "Too many recognitions at once.", Slower),
        "3305" => new(QuotaExceeded, Recovery.None, "The day's recognitions are used up.", Buy),
        "3307" => new(Unavailable, Recovery.Later, "The recogniser failed."),
        "3308" => new(InvalidInput, Recovery.None, "The recording is longer than 60 s.", "Cut it, or use realtime recognition."),
        "3309" => new(InvalidInput, Recovery.None, "The recording could not be converted.", "Check that format and bytes agree."),
        "3310" => new(PayloadTooLarge, Recovery.Compact, "The request is larger than 10 MB.", "Send a shorter or more compact recording."),
        "3311" => new(InvalidInput, Recovery.None, "The sample rate is not accepted.", "Use 16000, or 8000 for Mandarin."),
        "3312" => new(InvalidInput, Recovery.None, "The format is not accepted.", "Use pcm, wav, amr or m4a."),
        "3313" or "3315" => new(CloudErrorKind.Timeout, Recovery.Later, "The recogniser took too long."),
        "3314" => new(InvalidInput, Recovery.None, "The recording is empty."),
        "3316" => new(InvalidInput, Recovery.None, "The recording could not be converted to pcm.", "Check that format and bytes agree."),
        _ => null,
    };

    /// <summary>Codes of classic speech synthesis (err_no). 13, 15 and 16 differ from the common ones.</summary>
    public static BaiduErrorRow? Synthesis(string code) => code switch
    {
        "6" => new(AccessDenied, Recovery.None, "The application may not use this voice or interface.", Allow),
        "13" => new(RateLimited, Recovery.BackOff, "Too many requests a second.", Slower),
        "15" => new(ConcurrencyLimited, Recovery.BackOff, "Too many requests at once.", Slower),
        "16" => new(QuotaExceeded, Recovery.None, "The characters are used up.", Buy),
        "17" => new(QuotaExceeded, Recovery.None, "The day's requests are used up.", Buy),
        "18" => new(RateLimited, Recovery.BackOff, "The cluster's limit is reached.", Slower),
        "110" or "111" => new(Authentication, Recovery.Renew, "The access token is invalid or has expired.", Keys),
        "500" => new(InvalidInput, Recovery.None, "The request is not supported.", "Check voice, format and text."),
        "501" => new(InvalidInput, Recovery.None, "A parameter is wrong.", "Check voice, speed, pitch and volume."),
        "502" => new(Authentication, Recovery.RenewPerhaps, "The token is invalid, or the quota is used up.", Keys),
        "503" => new(Unavailable, Recovery.Later, "The synthesis failed, or the text holds characters outside GBK."),
        "513" => new(InvalidInput, Recovery.None, "The text holds symbols that cannot be spoken."),
        "999" => new(Unavailable, Recovery.Later, "The service could not be reached from its gateway."),
        "336200" => new(Unavailable, Recovery.Later, "An internal error of the service."),
        "336201" or "336202" => new(NotFound, Recovery.None, "There is no such task."),
        "336203" => new(InvalidInput, Recovery.None, "A parameter is missing."),
        "336204" => new(QuotaExceeded, Recovery.None, "The total is used up.", Buy),
        _ => null,
    };

    /// <summary>Codes of realtime recognition. The second value says whether only the sentence failed, not the session.</summary>
    public static (BaiduErrorRow Row, bool SentenceOnly) Realtime(string code) => code switch
    {
        "-3003" or "-3013" => (new(Unavailable, Recovery.None, "The recogniser failed on this sentence.", null, true), true),
        "-3005" => (new(NoSpeech, Recovery.None, "This sentence could not be understood."), true),
        "-3004" => (new(Authentication, Recovery.None, "The keys, the permission or the rate were refused.", Keys), false),
        "-3006" => (new(Unavailable, Recovery.None, "The recogniser failed to find sentences.", null, true), false),
        "-3008" => (new(InvalidInput, Recovery.None, "The start parameters are wrong.", "Check AppId, model and format."), false),
        "-3014" => (new(TaskFailed, Recovery.None, "The session was cancelled."), false),
        "-3101" => (new(CloudErrorKind.Timeout, Recovery.None, "No sound arrived for a while.", "Send sound, or silence, all the time."), false),
        "4002" => (new(CloudErrorKind.Timeout, Recovery.None, "The recogniser took too long.", null, true), false),
        _ => (new(Unknown, Recovery.None, "The recogniser reports an error."), false),
    };
}
