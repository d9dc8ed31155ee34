using MultiModal.Diffusion.Training.Data;

namespace MultiModal.Diffusion.Tests.Training;

public sealed class BatchPlanTests
{
    static readonly TrainingImage[] Images =
    [
        .. Enumerable.Range(0, 10).Select(i => Image(64, i == 3 ? 3 : 1)), .. Enumerable.Range(0, 5).Select(_ => Image(32, 1)),
    ];

    [Fact]
    public void An_epoch_visits_each_picture_as_often_as_it_repeats_and_fills_last_batches_up()
    {
        var plan = new BatchPlan(Images, 4, 7);
        Assert.Equal(3 + 2, plan.BatchesAnEpoch);
        for (var epoch = 0; epoch < 3; epoch++)
        {
            var batches = Enumerable.Range(epoch * 5, 5).Select(s => plan.Batch(s)).ToList();
            Assert.All(batches, b => Assert.Single(b.Select(i => Images[i].Placement.Width).Distinct()));
            var visits = batches.SelectMany(b => b).CountBy(i => i).ToDictionary();
            Assert.All(Enumerable.Range(0, 15), i => Assert.InRange(visits[i], Images[i].Repeats, Images[i].Repeats + 1));
            Assert.Equal(20, visits.Values.Sum());
        }
    }

    [Fact]
    public void A_batch_depends_on_its_number_alone_and_epochs_differ()
    {
        var (forwards, backwards) = (new BatchPlan(Images, 4, 7), new BatchPlan(Images, 4, 7));
        for (var step = 24; step >= 0; step--) Assert.Equal(new BatchPlan(Images, 4, 7).Batch(step), backwards.Batch(step));
        for (var step = 0; step < 25; step++) Assert.Equal(backwards.Batch(step), forwards.Batch(step));
        Assert.NotEqual(forwards.Batch(0).Concat(forwards.Batch(1)), forwards.Batch(5).Concat(forwards.Batch(6)));
        Assert.NotEqual(new BatchPlan(Images, 4, 8).Batch(0), forwards.Batch(0));
    }

    [Fact]
    public void A_batch_larger_than_the_data_set_takes_pictures_several_times() =>
        Assert.Equal(8, new BatchPlan([Image(8, 1), Image(8, 1)], 8, 1).Batch(0).Count);

    static TrainingImage Image(int side, int repeats) => new("a.png", ["a"], side, side, repeats, new(side, side, side, side));
}
