using System.Text;
using Certrelay.Targets.Signing;
using Certrelay.Vault;

namespace Certrelay.Tests.Targets.Signing;

/// <summary>Requests and credentials for the signers' tests.</summary>
internal static class Signing
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 8, 30, 45, TimeSpan.Zero);

    public static CloudCredentials Credentials(string? token = null, string id = "EXAMPLE-ID", string secret = "EXAMPLE-SECRET") =>
        new(id, new Secret(Encoding.UTF8.GetBytes(secret)), token);

    public static CloudRequest Get(string[]? path = null, CloudField[]? query = null, CloudField[]? headers = null) =>
        new() { Method = "GET", Endpoint = new Uri("https://api.example.com"), Path = path ?? [], Query = query ?? [], Headers = headers ?? [] };

    public static CloudContent Json(string text) => new("application/json", Encoding.UTF8.GetBytes(text));

    public static string Authorization(this IReadOnlyList<CloudField> added) => added.Single(header => header.Name == "Authorization").Value;
}
