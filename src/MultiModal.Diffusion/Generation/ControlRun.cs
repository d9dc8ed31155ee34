using MultiModal.Runtime;
using MultiModal.Runtime.Sessions;

namespace MultiModal.Diffusion.Generation;

/// <summary>A ControlNet at work in a request.</summary>
/// <param name="Session">The network.</param>
/// <param name="Condition">The picture to follow: [1, 3, height, width], 0 to 1.</param>
/// <param name="Scale">How strongly it steers.</param>
/// <param name="From">The share of the steps at which it begins.</param>
/// <param name="To">The share of the steps at which it ends.</param>
sealed record ControlRun(NetworkSession Session, TensorData Condition, float Scale, float From, float To)
{
    public bool ActsAt(double share) => Scale != 0 && share >= From && share < To;
}
