using MultiModal.Voice.Synthesis;

namespace MultiModal.Voice.Conversion;

/// <summary>
/// Runs the synthesizer for several slices at once: whoever comes first waits a moment for others, or until everybody who could come has, and runs those together that
/// are alike in length.
/// </summary>
/// <param name="synthesizer">The synthesizer.</param>
/// <param name="most">How many sequences at most run together.</param>
/// <param name="wait">How long the first waits.</param>
sealed class SynthesisBatcher(Synthesizer synthesizer, int most, TimeSpan wait)
{
    // What is filled up costs as much as what is real.
    const double LeastFilled = 0.75;

    // About 45 s of sound: the decoder's memory grows with the batch.
    const int MostFrames = 4000;

    readonly Lock gate = new();
    List<Waiting> waiting = [];
    TaskCompletionSource? full;
    int active;

    /// <summary>Announces somebody who will come; disposed when done.</summary>
    public IDisposable Enter()
    {
        lock (gate) active++;
        return new Turn(this);
    }

    /// <summary>Runs a sequence, with others or alone.</summary>
    public async Task<SynthesizerOutput> RunAsync(SynthesizerInput input, CancellationToken cancellationToken)
    {
        var own = new Waiting(input, new(TaskCreationOptions.RunContinuationsAsynchronously));
        Task? gathering = null;
        lock (gate)
        {
            waiting.Add(own);
            if (full is null) gathering = (full = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            Tell();
        }

        if (gathering is not null)
        {
            await Task.WhenAny(gathering, Task.Delay(wait, CancellationToken.None)).ConfigureAwait(false);
            List<Waiting> taken;
            lock (gate) (taken, waiting, full) = (waiting, [], null);
            // Others wait for this one, so that its own token must not stop theirs.
            foreach (var group in Groups(taken)) await RunAsync(group, group.Count == 1 ? cancellationToken : CancellationToken.None).ConfigureAwait(false);
        }

        return await own.Result.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Those that run together: alike in length, within the limits, of one kind.</summary>
    internal IEnumerable<List<Waiting>> Groups(IEnumerable<Waiting> all)
    {
        foreach (var kind in all.GroupBy(w => (w.Input.SpeakerChanges, w.Input.PredictPitch, w.Input.Volume.IsEmpty)))
        {
            List<Waiting> group = [];
            foreach (var next in kind.OrderByDescending(w => w.Frames))
            {
                if (group.Count > 0 && (group.Count == most || next.Frames < LeastFilled * group[0].Frames || (group.Count + 1L) * group[0].Frames > MostFrames))
                {
                    yield return group;
                    group = [];
                }

                group.Add(next);
            }

            yield return group;
        }
    }

    async Task RunAsync(List<Waiting> group, CancellationToken cancellationToken)
    {
        try
        {
            var results = await synthesizer.RunBatchAsync([.. group.Select(w => w.Input)], cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < group.Count; i++) group[i].Result.SetResult(results[i]);
        }
        catch (OperationCanceledException e)
        {
            foreach (var one in group) one.Result.TrySetCanceled(e.CancellationToken);
        }
        catch (Exception e)
        {
            // Each who waits is told, and tells its own caller.
            foreach (var one in group) one.Result.TrySetException(e);
        }
    }

    void Leave()
    {
        lock (gate)
        {
            active--;
            Tell();
        }
    }

    void Tell()
    {
        if (full is not null && waiting.Count >= Math.Min(most, active)) full.TrySetResult();
    }

    /// <summary>A sequence that waits for its turn.</summary>
    internal sealed record Waiting(SynthesizerInput Input, TaskCompletionSource<SynthesizerOutput> Result)
    {
        public int Frames => Input.Pitch.Length;
    }

    sealed class Turn(SynthesisBatcher batcher) : IDisposable
    {
        SynthesisBatcher? batcher = batcher;

        public void Dispose() => Interlocked.Exchange(ref batcher, null)?.Leave();
    }
}
