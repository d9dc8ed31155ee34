namespace MultiModal.Runtime.Graphs.Passes;

/// <summary>
/// x W^T (+ b) on [..., in] becomes Gemm on [rows, in] with W as the checkpoint has it: no transposed copy of the weight, and the
/// bias is written where the product accumulates instead of in a pass of its own. Reshaping costs nothing.
/// </summary>
/// <remarks>
/// Not among the default passes: on a processor ONNX Runtime fuses the transpose into the product by itself, and adds a bias faster than its
/// Gemm starts from one (docs/graph-passes.md). It serves devices and exports that want Gemm.
/// </remarks>
public sealed class LinearFusion : IGraphPass
{
    /// <inheritdoc/>
    public string Name => "linear layers";

    /// <inheritdoc/>
    public Graph Apply(Graph graph) => Rewriter.Rewrite(graph, (node, rewriter) =>
    {
        if (node.Is("Add") && node.Either(t => Find(t) is not null) is var (bias, product) && bias.Rank == 1 && rewriter.UsedOnce(product)
            && bias.Shape[0] == product.Shape[-1])
            return [Fuse(product.Node, rewriter, bias)];
        return node.Is("MatMul") && Find(node.Outputs[0]) is not null ? [Fuse(node, rewriter, null)] : null;
    });

    /// <summary>The weight of x W^T.</summary>
    static Tensor? Find(Tensor product) =>
        product.By("MatMul") is { } matMul && matMul.Inputs[1].By("Transpose") is { } transpose && transpose.Permutes(1, 0)
        && transpose.Inputs[0]!.Node is { } weight && (weight.Op == Node.ParameterOp || (weight.Is("Reshape") && weight.Inputs[0]!.Node.Op == Node.ParameterOp))
            ? transpose.Inputs[0] : null;

    static Tensor Fuse(Node matMul, Rewriter rewriter, Tensor? bias)
    {
        var result = matMul.Outputs[0];
        var x = rewriter[matMul.Inputs[0]!];
        var rows = Ops.Reshape(x, -1, x.Shape[-1]);
        var flat = Ops.Gemm(rows, rewriter[Find(result)!], bias is null ? null : rewriter[bias], transposeB: true);
        return Ops.Reshape(flat, [.. result.Shape]);
    }
}
