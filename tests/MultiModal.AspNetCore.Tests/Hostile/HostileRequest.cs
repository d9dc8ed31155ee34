namespace MultiModal.AspNetCore.Tests.Hostile;

/// <summary>One hostile request, as raw bytes: clients of good manners would refuse to send most of them.</summary>
/// <param name="Kind">What is wrong with it.</param>
/// <param name="Bytes">What is sent.</param>
sealed record HostileRequest(string Kind, byte[] Bytes);
