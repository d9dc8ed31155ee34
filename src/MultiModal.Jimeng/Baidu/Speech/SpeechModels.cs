namespace MultiModal.Jimeng.Baidu.Speech;

/// <summary>The known models of short speech recognition (dev_pid). Any other number may be used as well.</summary>
public static class SpeechModels
{
    /// <summary>Mandarin and simple English, without punctuation.</summary>
    public const int MandarinWithEnglish = 1536;

    /// <summary>Mandarin, near the microphone, with punctuation; what the service takes where no model is named.</summary>
    public const int Mandarin = 1537;

    /// <summary>Cantonese.</summary>
    public const int Cantonese = 1637;

    /// <summary>English, without punctuation.</summary>
    public const int English = 1737;

    /// <summary>Sichuanese.</summary>
    public const int Sichuanese = 1837;

    /// <summary>Mandarin, far from the microphone.</summary>
    public const int MandarinFarField = 1936;

    /// <summary>A model trained on Baidu's platform, chosen by <see cref="SpeechRecognitionRequest.LanguageModelId"/>.</summary>
    public const int SelfTrained = 8001;

    /// <summary>The fast, more expensive Mandarin model; it has an endpoint of its own.</summary>
    public const int Pro = 80001;

    /// <summary>Whether a model understands Mandarin, for which alone 8 kHz is accepted.</summary>
    internal static bool AcceptsTelephoneRate(int? model) => model is null or MandarinWithEnglish or Mandarin or MandarinFarField or Pro;
}
