namespace MultiModal.Voice.Training;

/// <summary>Which parts of a voice are trained, and on what path through the networks.</summary>
public enum TrainingStage
{
    /// <summary>All of it, as So-VITS-SVC does: sound from the posterior's latent, and the prior drawn to it.</summary>
    Full,

    /// <summary>The decoder with the posterior: a spectrogram in, its sound out. What a new voice needs first, and what takes longest.</summary>
    Decoder,

    /// <summary>The prior alone, with posterior and decoder as they are: no sound is made, and a step costs a tenth.</summary>
    Prior,

    /// <summary>
    /// The path that conversion takes, from content to sound, on the distance of spectrograms: no posterior is needed. What small models of clean,
    /// regular speech learn fastest.
    /// </summary>
    Direct,
}
