using MultiModal.Pipeline.Composition;

namespace MultiModal.Pipeline.Tests.Composition;

public sealed class MermaidTests
{
    [Fact]
    public void A_pipeline_draws_itself()
    {
        var pipeline = PipelineBuilder.Create<string>("drawn")
            .Then("hear \"it\" <b>", static x => x, new() { MaxConcurrency = 2, QueueCapacity = 8, Retries = 3, Timeout = TimeSpan.FromSeconds(30) })
            .Fork(
                static way => way.Fallback("which", static w => w.Then("cloud", static x => x), static w => w.Then("local", static x => x)),
                static way => way.Batch("batch", static (items, _) => Task.FromResult(items), new() { MaxSize = 4 }))
            .Join(static (a, b) => a + b)
            .When("long", static x => x.Length > 3, static way => way.Cache("known", static x => x, static w => w.Then("cut", static x => x[..3])))
            .Then("split", static x => (IReadOnlyList<char>)[.. x])
            .ForEach("each", static way => way.Then("code", static c => (int)c))
            .Build();
        Assert.Equal(
            """
            flowchart LR
                n1(["text"])
                n2["hear #quot;it#quot; #lt;b#gt;<br/>2 at once, queue 8, within 30 s, 3 retries"]
                n1 --> n2
                n3{{"fork"}}
                n2 --> n3
                n4{"which"}
                n3 --> n4
                n5["cloud"]
                n4 -->|"first"| n5
                n6["local"]
                n4 -.->|"on failure"| n6
                n7[["batch<br/>up to 4, or 20 ms"]]
                n3 --> n7
                n8{{"join"}}
                n5 --> n8
                n6 --> n8
                n7 --> n8
                n9{"long"}
                n8 --> n9
                n10[("known<br/>1000")]
                n9 -->|"yes"| n10
                n11["cut"]
                n10 -->|"new"| n11
                n12["split"]
                n10 -->|"known"| n12
                n11 --> n12
                n9 -->|"no"| n12
                subgraph f13 ["each<br/>each, 4 at once"]
                    n14["code"]
                    n12 --> n14
                end
                n15(["IReadOnlyList<int>"])
                n14 --> n15

            """.ReplaceLineEndings("\n").Replace("IReadOnlyList<int>", "IReadOnlyList#lt;int#gt;", StringComparison.Ordinal),
            pipeline.ToMermaid());
    }
}
