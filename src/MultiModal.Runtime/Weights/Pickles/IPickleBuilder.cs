namespace MultiModal.Runtime.Weights.Pickles;

/// <summary>What stands for the classes, functions and outside objects that a pickle names. It builds data and calls nothing.</summary>
interface IPickleBuilder
{
    /// <summary>What a function or class gives for arguments.</summary>
    object? Make(PickleObject type, PickleList arguments);

    /// <summary>Sets the state of something made before, where that means anything.</summary>
    void SetState(object? target, object? state);

    /// <summary>What a persistent id stands for.</summary>
    object? Resolve(object? id);
}
