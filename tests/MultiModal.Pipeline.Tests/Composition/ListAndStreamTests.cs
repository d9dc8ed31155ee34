using MultiModal.Pipeline.Composition;

namespace MultiModal.Pipeline.Tests.Composition;

public sealed class ListAndStreamTests
{
    [Fact]
    public async Task Steps_are_carried_out_for_each_element_in_order_and_within_the_limit()
    {
        var crowd = new Items.Crowd();
        var pipeline = PipelineBuilder.Create<string>("each")
            .Then("split", static text => (IReadOnlyList<string>)text.Split(' '))
            .ForEach("words", way => way.Then("length", (word, _) => crowd.InsideAsync(async () =>
            {
                await Task.Delay(5);
                return word.Length;
            })), 2)
            .Then("sum", static lengths => string.Join(',', lengths))
            .Build();
        Assert.Equal("1,2,3,4,5", await pipeline.RunAsync("a bb ccc dddd eeeee"));
        Assert.Equal(2, crowd.Most);
    }

    [Fact]
    public async Task An_element_that_fails_leaves_its_neighbours_their_results()
    {
        var ended = 0;
        PipelineBuilder<IReadOnlyList<int>, IReadOnlyList<int>> start = PipelineBuilder.Create<IReadOnlyList<int>>("neighbours");
        PipelineBuilder<int, int> Steps(PipelineBuilder<int, int> way) => way.Then("even", static x => x % 2 == 0 ? x : throw new FormatException()).Then("count", x => Interlocked.Increment(ref ended));
        var all = await start.TryForEach("each", Steps).Build().RunAsync([2, 3, 4]);
        Assert.Equal([null, "even", null], all.Select(static r => r.FailedStep));
        Assert.Equal(2, ended);
        var results = await start.ForEach("each", Steps).Build().RunManyAsync([(IReadOnlyList<int>)[2, 3, 4]]).ToListAsync();
        Assert.Equal("even", results[0].FailedStep);
        Assert.Equal(4, ended);
    }

    [Fact]
    public async Task Streams_flow_through_steps_as_they_are_read()
    {
        var heard = new Items.Heard();
        var read = 0;
        var pipeline = PipelineBuilder.Create<int>("stream")
            .Expand("count", (count, _, _) => Count(count))
            .ThenStream("even", static (source, _, token) => Even(source, token))
            .SelectEach("each", static way => way.Then("square", static async (x, token) =>
            {
                await Task.Delay(Random.Shared.Next(3), token);
                return x * x;
            }))
            .Build();
        var stream = await pipeline.RunAsync(10, heard);
        Assert.Equal(0, read);
        Assert.Equal([0, 4, 16, 36, 64], await stream.ToListAsync());
        Assert.Equal(10, read);
        Assert.Contains("even", heard.Told(StepEventKind.Completed));
        Assert.Equal(5, heard.Told(StepEventKind.Completed).Count(static step => step == "square"));

        async IAsyncEnumerable<int> Count(int count)
        {
            for (var i = 0; i < count; i++)
            {
                await Task.Yield();
                read++;
                yield return i;
            }
        }

        static async IAsyncEnumerable<int> Even(IAsyncEnumerable<int> source, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token = default)
        {
            await foreach (var x in source.WithCancellation(token))
            {
                if (x % 2 == 0) yield return x;
            }
        }
    }

    [Fact]
    public async Task A_stream_ends_at_the_element_that_fails_or_goes_on_past_it()
    {
        var start = PipelineBuilder.Create<IAsyncEnumerable<int>>("fails");
        static PipelineBuilder<int, int> Steps(PipelineBuilder<int, int> way) => way.Then("check", static x => x == 2 ? throw new FormatException() : x);
        var seen = new List<int>();
        await Assert.ThrowsAsync<FormatException>(async () =>
        {
            await foreach (var x in start.SelectEach("each", Steps).Build().RunStreamAsync(Items.Async([0, 1, 2, 3]))) seen.Add(x);
        });
        Assert.Equal([0, 1], seen);
        var all = await start.TrySelectEach("each", Steps).Build().RunStreamAsync(Items.Async([0, 1, 2, 3])).ToListAsync();
        Assert.Equal([true, true, false, true], all.Select(static r => r.IsSuccess));
    }

    [Fact]
    public async Task A_buffer_reads_ahead_so_far_and_stops_with_its_reader()
    {
        var (read, ended) = (0, false);
        var pipeline = PipelineBuilder.Create<int>("buffer").Expand("count", (_, _, token) => Count(token)).Buffer("ahead", 3).Build();
        await foreach (var x in pipeline.RunStreamAsync(0))
        {
            Assert.Equal(0, x);
            while (Volatile.Read(ref read) < 5) await Task.Delay(1);
            await Task.Delay(20);

            // One taken, three waiting, one at the door.
            Assert.Equal(5, Volatile.Read(ref read));
            break;
        }

        Assert.True(ended);

        async IAsyncEnumerable<int> Count([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token)
        {
            try
            {
                for (var i = 0; ; i++)
                {
                    token.ThrowIfCancellationRequested();
                    Interlocked.Increment(ref read);
                    yield return i;
                    await Task.Yield();
                }
            }
            finally
            {
                ended = true;
            }
        }
    }

    [Fact]
    public async Task A_stream_is_collected_into_a_list() =>
        Assert.Equal([1, 2, 3], await PipelineBuilder.Create<IAsyncEnumerable<int>>("collect").Collect("all").Build().RunAsync(Items.Async([1, 2, 3])));
}
