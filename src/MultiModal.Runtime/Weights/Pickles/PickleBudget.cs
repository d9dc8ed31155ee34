namespace MultiModal.Runtime.Weights.Pickles;

/// <summary>What a pickle may make us allocate. A few bytes can ask for much, so every object is charged before it is made.</summary>
sealed class PickleBudget(string file)
{
    // With the pickle itself (at most as long again) this keeps a hostile file under 200 MB. The largest honest pickles, those of
    // k-means models with their centres inside, stay below it; the tensors of a checkpoint lie outside its pickle.
    const long Limit = 96L << 20;

    long spent;

    public void Charge(long bytes)
    {
        spent += bytes;
        if (spent > Limit || bytes < 0)
            throw new InvalidFileException(file, $"The pickle asks for more than {Limit >> 20} MB of objects.", remedy: "No known checkpoint does; the file is damaged or hostile.");
    }
}
