using System.Text;
using System.Text.Json;
using Certrelay.App.Http;
using Certrelay.Records;

namespace Certrelay.Tests.Http;

public sealed class EntraPrincipalTests
{
    private const string Oid = "http://schemas.microsoft.com/identity/claims/objectidentifier";
    private const string Somebody = "9f1c0a5e-52c5-4f0e-9d4d-3c1f0c6b7a11";

    public static TheoryData<string, string?> NoCallers() => new()
    {
        { "no header", null },
        { "an empty one", "" },
        { "no Base64", "{}" },
        { "no JSON", Convert.ToBase64String("nonsense"u8) },
        { "another provider", Header("facebook", (Oid, Somebody), ("roles", "Admin")) },
        { "no claims", Convert.ToBase64String("{\"auth_typ\":\"aad\"}"u8) },
        { "no role of ours", Header("aad", (Oid, Somebody), ("roles", "Global Administrator")) },
        { "a role by its number", Header("aad", (Oid, Somebody), ("roles", "5")) },
        { "nobody", Header("aad", ("roles", "Admin")) },
        { "an id of another form", Header("aad", (Oid, "admin"), ("roles", "Admin")) },
    };

    [Theory]
    [MemberData(nameof(NoCallers))]
    public void A_header_that_names_nobody_with_a_role_is_no_caller(string what, string? header) => Assert.True(EntraPrincipal.Of(header) is null, what);

    [Fact]
    public void App_roles_are_called_as_ours()
    {
        var (id, roles) = EntraPrincipal.Of(Header("aad", (Oid, Somebody), ("roles", "Viewer"), ("roles", "deployer"), ("roles", "Something.Else")))!.Value;

        Assert.Equal($"entra:{Somebody}", id);
        Assert.Equal([Role.Viewer, Role.Deployer], roles);
    }

    [Fact]
    public async Task A_header_counts_only_where_the_platform_guards_it()
    {
        var header = ("X-MS-CLIENT-PRINCIPAL", Header("aad", (Oid, Somebody), ("roles", "Viewer")));
        await using var open = await EdgeFunctionsServer.StartAsync(new EdgeFunctions.Journal());
        await using var guarded = await EdgeFunctionsServer.StartAsync(new EdgeFunctions.Journal(), options: new EdgeOptions { TrustPrincipal = true });

        Assert.Equal("access.unauthenticated", (await open.GetAsync("/api/notes/a", null, header)).Problem);
        Assert.Equal(200, (await guarded.GetAsync("/api/notes/a", null, header)).Status);
        Assert.Equal("access.unauthenticated", (await guarded.GetAsync("/api/notes/a", null, header, header)).Problem);
    }

    private static string Header(string scheme, params (string Type, string Value)[] claims) => Convert.ToBase64String(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(
        new { auth_typ = scheme, claims = claims.Select(static claim => new { typ = claim.Type, val = claim.Value }), role_typ = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role" })));
}
