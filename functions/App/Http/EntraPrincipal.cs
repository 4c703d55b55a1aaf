using System.Text.Json;
using System.Text.Json.Serialization;
using Certrelay.Records;

namespace Certrelay.App.Http;

/// <summary>
/// Whom App Service authentication let in, from the header that the platform sets: a person or an application of Microsoft Entra with app roles, which are called as ours are.
/// The header means something only where the platform guards it, because anyone could send it elsewhere.
/// </summary>
/// <remarks>Microsoft Learn, "Work with user identities in Azure App Service authentication".</remarks>
public static partial class EntraPrincipal
{
    private const string Header = "X-MS-CLIENT-PRINCIPAL";
    private const string PlatformSwitch = "WEBSITE_AUTH_ENABLED";
    private const string ObjectId = "http://schemas.microsoft.com/identity/claims/objectidentifier";
    private const string ShortObjectId = "oid";
    private const string ShortRoles = "roles";

    /// <summary>True when the platform says that its authentication is on, so that it sets or removes the header itself.</summary>
    public static bool IsPlatformOn => string.Equals(Environment.GetEnvironmentVariable(PlatformSwitch), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>The id as the audit trail shows it, and the roles; null when the header is absent, unreadable, or names none of our roles.</summary>
    public static (string Id, IReadOnlyList<Role> Roles)? Of(string? header)
    {
        if (Read(header) is not { } principal)
            return null;
        var roles = principal.Claims.Where(claim => claim.Type is ShortRoles || claim.Type == principal.RoleType).Select(static claim => claim.Value)
            .Select(static name => Enum.GetValues<Role>().Cast<Role?>().FirstOrDefault(role => string.Equals(role.ToString(), name, StringComparison.OrdinalIgnoreCase)))
            .OfType<Role>().Distinct().ToList();
        var id = principal.Claims.FirstOrDefault(static claim => claim.Type is ObjectId or ShortObjectId)?.Value;
        return id is not null && Guid.TryParse(id, out var oid) && roles.Count > 0 ? ($"entra:{oid:D}", roles) : null;
    }

    /// <summary>The header of a request, if it has just one.</summary>
    internal static string? HeaderOf(Microsoft.AspNetCore.Http.HttpRequest request) => request.Headers[Header] is [{ } only] ? only : null;

    private static Principal? Read(string? header)
    {
        if (string.IsNullOrEmpty(header))
            return null;
        try
        {
            return JsonSerializer.Deserialize(Convert.FromBase64String(header), PrincipalJson.Default.Principal) is { Scheme: "aad", Claims: not null } principal ? principal : null;
        }
        catch (Exception unreadable) when (unreadable is FormatException or JsonException)
        {
            return null;
        }
    }

    private sealed record Principal(
        [property: JsonPropertyName("auth_typ")] string? Scheme,
        [property: JsonPropertyName("claims")] IReadOnlyList<Claim> Claims,
        [property: JsonPropertyName("role_typ")] string? RoleType);

    private sealed record Claim([property: JsonPropertyName("typ")] string Type, [property: JsonPropertyName("val")] string Value);

    [JsonSerializable(typeof(Principal))]
    private sealed partial class PrincipalJson : JsonSerializerContext;
}
