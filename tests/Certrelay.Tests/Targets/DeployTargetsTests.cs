using System.Reflection;
using System.Text.Json.Nodes;
using Certrelay.Targets;

namespace Certrelay.Tests.Targets;

public sealed class DeployTargetsTests
{
    [Fact]
    public void Every_kind_of_the_assembly_is_listed_once_and_every_target_is_one_or_serves_a_family()
    {
        var types = typeof(IDeployTarget).Assembly.GetTypes();
        // A family's target has kinds in files of their own.
        var kinds = types.Select(static type => type.GetProperty("Kind", BindingFlags.Static | BindingFlags.Public)).Where(static property => property?.PropertyType == typeof(TargetKind)).ToList();
        var alone = types.Where(static type => type.IsClass && type.IsAssignableTo(typeof(IDeployTarget)) && type.GetProperty("Kind") is null).Select(static type => type.Name);

        Assert.Equal(kinds.Count, DeployTargets.All.Count);
        Assert.All(kinds, static property => Assert.Contains((TargetKind)property!.GetValue(null)!, DeployTargets.All));
        Assert.Equal(["CasJobTarget", "IngressTarget", "InlineTarget", "StoreBoundTarget"], alone.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Names_have_the_form_of_names_and_are_found()
    {
        Assert.Equal(DeployTargets.All.Select(kind => kind.Name).Order(StringComparer.Ordinal), DeployTargets.All.Select(kind => kind.Name));
        Assert.All(DeployTargets.All, kind => Assert.True(ResourceName.IsValid(kind.Name)));
        Assert.All(DeployTargets.All, kind => Assert.Same(kind, DeployTargets.Find(kind.Name)));
        Assert.Null(DeployTargets.Find("none"));
    }

    [Fact]
    public void Schema_of_every_kind_describes_each_setting_and_refuses_others()
    {
        Assert.All(DeployTargets.All, kind =>
        {
            Assert.Equal("object", (string?)kind.Schema["type"]);
            Assert.False((bool)kind.Schema["additionalProperties"]!);
            foreach (var (name, setting) in kind.Schema["properties"]?.AsObject() ?? [])
                Assert.False(string.IsNullOrEmpty((string?)setting!["description"]), $"{kind.Name}: {name} has no description");
        });
    }

    [Fact]
    public void Schema_of_nginx_names_what_is_required_and_the_forms()
    {
        var schema = DeployTargets.Find("nginx")!.Schema;

        Assert.Equal(["root", "test", "reload"], schema["required"]!.AsArray().Select(name => (string)name!));
        Assert.Equal(["root", "folder", "certificateFile", "keyFile", "test", "reload"], Names(schema["properties"]!));
        Assert.Equal("string", (string?)schema["properties"]!["root"]!["type"]);
        Assert.Equal("^(?=.{1,63}$)[a-z0-9]+(-[a-z0-9]+)*$", (string?)schema["properties"]!["root"]!["pattern"]);
        Assert.Equal("fullchain.pem", (string?)schema["properties"]!["certificateFile"]!["default"]);
    }

    [Fact]
    public void Schema_of_directory_goes_down_into_the_layout()
    {
        var layout = DeployTargets.Find("directory")!.Schema["properties"]!["layout"]!;

        Assert.Equal(["fullChain", "key", "certificate", "chain", "encryptCertificate", "encryptKey"], Names(layout["properties"]!));
        Assert.Equal("privkey.pem", (string?)layout["properties"]!["key"]!["default"]);
    }

    private static IEnumerable<string> Names(JsonNode properties) => properties.AsObject().Select(property => property.Key);
}
