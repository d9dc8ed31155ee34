namespace MultiModal.Jimeng.Http;

/// <summary>Carries a fault that has no HTTP answer through the handlers. Never leaves the library.</summary>
internal sealed class CloudFaultException(CloudFault fault) : Exception(fault.Meaning, fault.Cause)
{
    public CloudFault Fault { get; } = fault;
}
