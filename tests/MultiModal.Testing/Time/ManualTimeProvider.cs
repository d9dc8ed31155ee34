namespace MultiModal.Testing.Time;

/// <summary>A clock that stands still until a test moves it. Timers fire in the order in which they are due, on the thread that moves it.</summary>
public sealed class ManualTimeProvider : TimeProvider
{
    readonly Lock gate = new();
    readonly List<ManualTimer> timers = [];
    readonly List<(Func<TimeSpan, bool> Matches, TaskCompletionSource Found)> waiting = [];
    DateTimeOffset now;

    /// <summary>Makes a clock.</summary>
    /// <param name="start">What it shows; by default 2025-01-01, midnight.</param>
    public ManualTimeProvider(DateTimeOffset? start = null) => now = start ?? new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>How many timers are set.</summary>
    public int ActiveTimers
    {
        get
        {
            lock (gate)
                return timers.Count;
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
            return now;
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock, firing what becomes due on the way.</summary>
    /// <param name="time">By how much.</param>
    public void Advance(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        var target = GetUtcNow() + time;
        while (true)
        {
            ManualTimer? next;
            lock (gate)
            {
                next = timers.Where(timer => timer.Due <= target).MinBy(static timer => timer.Due);
                if (next is null)
                {
                    now = target;
                    return;
                }

                if (next.Due > now)
                    now = next.Due;
                next.Rearm();
            }

            next.Fire();
        }
    }

    /// <summary>Ends as soon as something waits for exactly that long, counted from when it began to wait.</summary>
    /// <param name="dueTime">How long it waits.</param>
    public Task WaitForTimerAsync(TimeSpan dueTime) => WaitForTimerAsync(due => due == dueTime);

    /// <summary>Ends as soon as something waits for a time that matches.</summary>
    /// <param name="matches">Told how long a timer was set for.</param>
    public Task WaitForTimerAsync(Func<TimeSpan, bool> matches)
    {
        lock (gate)
        {
            if (timers.Exists(timer => matches(timer.SetFor)))
                return Task.CompletedTask;
            var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Add((matches, found));
            return found.Task;
        }
    }

    void Set(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (gate)
        {
            timers.Remove(timer);
            if (dueTime == Timeout.InfiniteTimeSpan)
                return;
            timer.SetFor = dueTime;
            timer.Due = now + dueTime;
            timer.Period = period;
            timers.Add(timer);
            for (var i = waiting.Count - 1; i >= 0; i--)
            {
                if (waiting[i].Matches(dueTime))
                {
                    waiting[i].Found.SetResult();
                    waiting.RemoveAt(i);
                }
            }
        }
    }

    void Remove(ManualTimer timer)
    {
        lock (gate)
            timers.Remove(timer);
    }

    sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; set; }

        public TimeSpan SetFor { get; set; }

        public TimeSpan Period { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            clock.Set(this, dueTime, period);
            return true;
        }

        // Called under the clock's lock.
        public void Rearm()
        {
            if (Period > TimeSpan.Zero)
                Due += Period;
            else
                clock.timers.Remove(this);
        }

        public void Fire() => callback(state);

        public void Dispose() => clock.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
