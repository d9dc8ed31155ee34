using MultiModal.Runtime.Training.Schedules;

namespace MultiModal.Runtime.Tests.Training;

public class LearningRateScheduleTests
{
    [Fact]
    public void Warm_up_rises_in_equal_parts_to_one() =>
        Assert.Equal([0.25, 0.5, 0.75, 1, 1], Enumerable.Range(0, 5).Select(step => LearningRateSchedule.Constant(warmUp: 4).At(step)));

    [Fact]
    public void A_cosine_falls_from_one_to_its_floor()
    {
        var schedule = LearningRateSchedule.Cosine(steps: 13, warmUp: 2, floor: 0.1);
        Assert.Equal(1, schedule.At(2), 1e-12);
        Assert.Equal(0.55, schedule.At(7), 1e-12);
        Assert.Equal(0.1, schedule.At(12), 1e-12);
        Assert.Equal(0.1, schedule.At(20), 1e-12);
    }

    [Fact]
    public void A_line_falls_evenly() =>
        Assert.Equal([1, 0.75, 0.5, 0.25, 0], Enumerable.Range(0, 5).Select(step => LearningRateSchedule.Linear(steps: 5).At(step)));

    [Fact]
    public void Exponential_decay_changes_once_an_epoch()
    {
        var schedule = LearningRateSchedule.ExponentialPerEpoch(0.5, stepsPerEpoch: 3);
        Assert.Equal([1, 1, 1, 0.5, 0.5, 0.5, 0.25], Enumerable.Range(0, 7).Select(step => schedule.At(step)));
    }
}
