using MultiModal.Jimeng.Http;

namespace MultiModal.Jimeng.Baidu;

/// <summary>One row of a table of errors.</summary>
internal readonly record struct BaiduErrorRow(CloudErrorKind Kind, Recovery Recovery, string Meaning, string? Advice = null, bool? Retryable = null);
