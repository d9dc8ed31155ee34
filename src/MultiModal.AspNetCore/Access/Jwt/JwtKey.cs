using Microsoft.IdentityModel.Tokens;

namespace MultiModal.AspNetCore.Access.Jwt;

/// <summary>A key ready for use. The algorithm belongs to the key: a token cannot choose another for it.</summary>
internal sealed record JwtKey(string? Id, string Algorithm, SecurityKey Key);
