using System.Security.Claims;

namespace MultiModal.AspNetCore.Access;

/// <summary>Who is calling.</summary>
/// <param name="Id">Whose jobs these are and whose rate counts: unique among all ways of coming in.</param>
/// <param name="Name">What logs say.</param>
/// <param name="Identity">The same for the application.</param>
internal sealed record Caller(string Id, string Name, ClaimsIdentity Identity);
