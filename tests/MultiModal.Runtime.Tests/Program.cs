using MultiModal.Runtime.Tests.Training;

namespace MultiModal.Runtime.Tests;

/// <summary>What tests start as processes of their own, to be killed. The tests themselves are run by dotnet test.</summary>
static class Program
{
    static async Task<int> Main(string[] args)
    {
        if (args is not ["train", var checkpoints, var result]) return 2;
        await TrainingRunTests.RunAloneAsync(checkpoints, result);
        return 0;
    }
}
