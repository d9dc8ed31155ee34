namespace MultiModal.Diffusion.Safety;

/// <summary>What becomes of a picture that was judged unsafe. The verdict is reported either way.</summary>
public enum UnsafePictures
{
    /// <summary>It is blurred until only its colours can be told.</summary>
    Blur,

    /// <summary>It is withheld: a black picture comes in its place.</summary>
    Withhold,

    /// <summary>It is handed over as it is.</summary>
    Report,
}
