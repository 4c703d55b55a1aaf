using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Huawei;

/// <summary>The part of IAM that clients ask for ids: projects by region, and the account.</summary>
internal sealed class IamDirectory(HuaweiOptions options)
{
    public IEnumerable<HuaweiRoute> Routes =>
    [
        new("GET", "/v3/projects", "iam.KeystoneListProjects", Writes: false, Projects),
        new("GET", "/v3/auth/domains", "iam.KeystoneListAuthDomains", Writes: false, Domains),
    ];

    private SimulatorAnswer Projects(HuaweiCall call)
    {
        var found = options.Projects.Where(project => call.Query("name") is not { } name || name == project.Key);
        return HuaweiAnswers.Ok(new JsonObject
        {
            ["projects"] = new JsonArray([.. found.Select(project => new JsonObject
            {
                ["id"] = project.Value, ["name"] = project.Key, ["domain_id"] = options.DomainId, ["is_domain"] = false, ["enabled"] = true,
            })]),
            ["links"] = Links(),
        });
    }

    private SimulatorAnswer Domains(HuaweiCall call) => HuaweiAnswers.Ok(new JsonObject
    {
        ["domains"] = new JsonArray(new JsonObject { ["id"] = options.DomainId, ["name"] = "example", ["enabled"] = true }),
        ["links"] = Links(),
    });

    private static JsonObject Links() => new() { ["next"] = null, ["previous"] = null, ["self"] = null };
}
