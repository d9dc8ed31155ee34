using System.Numerics.Tensors;
using MultiModal.Runtime;

namespace MultiModal.Diffusion.Generation;

/// <summary>One run of the UNet for one or several texts along the batch, with the ControlNets before it. Buffers are reused from step to step.</summary>
sealed class UNetPass
{
    readonly DenoiserSetup setup;
    readonly Conditioning[] current;
    readonly Dictionary<string, TensorData> inputs;
    readonly List<(ControlRun Control, Dictionary<string, TensorData> Inputs)> controls;
    readonly List<string> residuals = [];
    readonly int channels;

    // What deep layers gave for each text, when the whole network last ran for it.
    readonly Dictionary<Conditioning, TensorData> features = new(ReferenceEqualityComparer.Instance);

    public UNetPass(DenoiserSetup setup, int texts)
    {
        this.setup = setup;
        current = new Conditioning[texts];
        var shape = setup.Shape;
        var batch = shape.Batch * texts;
        var more = (setup.MoreChannels?.Length ?? 0) / (shape.Batch * shape.Height * shape.Width);
        channels = shape.Channels + more;
        inputs = new()
        {
            ["sample"] = TensorData.Zeros(DType.Float32, batch, channels, shape.Height, shape.Width),
            ["timestep"] = TensorData.Zeros(DType.Float32, batch),
        };
        if (setup.Sizes is { } sizes) inputs["time_ids"] = TensorData.Of([.. Enumerable.Repeat(sizes, batch).SelectMany(s => s)], batch, sizes.Length);
        foreach (var (name, dimensions) in setup.Residuals(batch, shape.Height, shape.Width))
        {
            residuals.Add(name);
            inputs[name] = TensorData.Zeros(DType.Float32, dimensions);
        }

        // A ControlNet sees the latents alone, even beside a UNet that takes more.
        controls = [.. setup.Controls.Select(c => (c, new Dictionary<string, TensorData>
        {
            ["sample"] = more == 0 ? inputs["sample"] : TensorData.Zeros(DType.Float32, batch, shape.Channels, shape.Height, shape.Width),
            ["timestep"] = inputs["timestep"],
            ["condition"] = Repeat(c.Condition, batch),
        }))];
        if (more > 0) CopyMore(more);
    }

    /// <summary>Predicts for each text in turn.</summary>
    /// <param name="texts">As many as the pass was made for.</param>
    /// <param name="negative">The one that is led away from, which may go with other numbers; null for none.</param>
    /// <param name="whole">Whether the whole network has to run, even if what deep layers gave before is at hand.</param>
    /// <param name="input">The scaled latents of one text.</param>
    /// <param name="timestep">The training timestep.</param>
    /// <param name="share">How much of the steps is done, for ControlNets that act in a part of them only.</param>
    /// <param name="cancellationToken">Stops the run in flight.</param>
    /// <returns>[texts * batch, channels, height, width]</returns>
    public TensorData Run(
        ReadOnlySpan<Conditioning> texts, Conditioning? negative, bool whole, ReadOnlySpan<float> input, float timestep, double share, CancellationToken cancellationToken)
    {
        SetTexts(texts, negative);
        var shape = setup.Shape;
        inputs["timestep"].Floats.Fill(timestep);
        CopyLatents(input, inputs["sample"].Floats, channels * shape.Height * shape.Width);
        foreach (var name in residuals) inputs[name].Floats.Clear();
        foreach (var (control, own) in controls)
        {
            if (!control.ActsAt(share)) continue;
            if (own["sample"] != inputs["sample"]) CopyLatents(input, own["sample"].Floats, shape.PerImage);
            var results = control.Session.Run(own, cancellationToken: cancellationToken);
            foreach (var name in residuals)
            {
                var sum = inputs[name].Floats;
                TensorPrimitives.MultiplyAdd(results[name].Floats, control.Scale, sum, sum);
            }
        }

        if (setup.Surface is null) return setup.UNet.Run(inputs, cancellationToken: cancellationToken)["output"];
        if (!whole && features.TryGetValue(texts[0], out var known))
            return setup.Surface.Run(
                new Dictionary<string, TensorData>(inputs.Where(i => !residuals.Contains(i.Key))) { ["features"] = known }, cancellationToken: cancellationToken)["output"];
        var all = setup.UNet.Run(inputs, cancellationToken: cancellationToken);
        features[texts[0]] = all["features"];
        return all["output"];
    }

    void SetTexts(ReadOnlySpan<Conditioning> texts, Conditioning? negative)
    {
        var same = true;
        for (var i = 0; i < texts.Length; i++)
        {
            same &= ReferenceEquals(current[i], texts[i]);
            current[i] = texts[i];
        }

        if (same) return;
        if (setup.NegativeSizes is not null)
        {
            var rows = current.SelectMany(t => Enumerable.Repeat(ReferenceEquals(t, negative) ? setup.NegativeSizes : setup.Sizes!, setup.Shape.Batch)).SelectMany(s => s).ToArray();
            inputs["time_ids"] = TensorData.Of(rows, setup.Shape.Batch * current.Length, setup.Sizes!.Length);
        }

        var text = Conditioning.Stack([.. current.SelectMany(t => Enumerable.Repeat(t, setup.Shape.Batch))]);
        foreach (var set in (Dictionary<string, TensorData>[])[inputs, .. controls.Select(c => c.Inputs)])
        {
            set["encoder_hidden_states"] = text.Context;
            if (setup.Sizes is null) continue;
            set["text_embeds"] = text.Pooled!;
            set["time_ids"] = inputs["time_ids"];
        }
    }

    /// <summary>Puts the latents of each picture where its row of the batch begins.</summary>
    void CopyLatents(ReadOnlySpan<float> latents, Span<float> target, int stride)
    {
        var size = setup.Shape.PerImage;
        for (var row = 0; row * stride < target.Length; row++) latents.Slice(row % setup.Shape.Batch * size, size).CopyTo(target[(row * stride)..]);
    }

    void CopyMore(int more)
    {
        var sample = inputs["sample"].Floats;
        var area = setup.Shape.Height * setup.Shape.Width;
        for (var (row, at) = (0, 0); at < sample.Length; row++, at += channels * area)
            setup.MoreChannels.AsSpan(row % setup.Shape.Batch * more * area, more * area).CopyTo(sample[(at + setup.Shape.PerImage)..]);
    }

    static TensorData Repeat(TensorData one, int batch)
    {
        var values = new float[one.Length * batch];
        for (var i = 0; i < batch; i++) one.Floats.CopyTo(values.AsSpan(i * one.Length));
        return TensorData.Of(values, [batch, .. one.Dimensions.Skip(1)]);
    }
}
