using Microsoft.Extensions.Options;
using MultiModal.Pipeline.Composition;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Builds every pipeline when the application starts, so that what is wrong with one is known before it is needed.</summary>
internal sealed class PipelineCheck(IServiceProvider? provider) : IValidateOptions<PipelineCheck>
{
    /// <summary>Made by the options, which ask for such a constructor.</summary>
    public PipelineCheck()
        : this(null)
    {
    }

    public ValidateOptionsResult Validate(string? name, PipelineCheck options)
    {
        try
        {
            foreach (var pipeline in provider!.GetServices<IPipeline>())
                _ = pipeline.Name;
            return ValidateOptionsResult.Success;
        }
        catch (PipelineValidationException error)
        {
            return ValidateOptionsResult.Fail(error.Message);
        }
    }
}
