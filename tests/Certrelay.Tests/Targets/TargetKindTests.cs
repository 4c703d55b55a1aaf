using System.Text.Json.Nodes;
using Certrelay.Records;
using Certrelay.Targets;
using Certrelay.Targets.Calls;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Targets;

/// <summary>What every kind of a vendor comes with.</summary>
public sealed class TargetKindTests
{
    private static readonly string Policies = Path.Combine(Repository.Root, "infra", "policies");

    public static TheoryData<string> CloudKinds => [.. DeployTargets.All.Where(static kind => kind.Cloud is not null).Select(static kind => kind.Name)];

    [Fact]
    public void The_page_on_targets_is_up_to_date() => GeneratedPage.Check("targets.md", TargetsDocument.Render());

    [Theory]
    [MemberData(nameof(CloudKinds))]
    public void A_policy_allows_exactly_what_the_kind_calls(string name)
    {
        var cloud = DeployTargets.Find(name)!.Cloud!;
        var policy = JsonNode.Parse(File.ReadAllText(Path.Combine(Policies, CloudOptions.Word(cloud.Vendor), $"{name}.json")));

        Assert.Equal(TargetsDocument.Permissions(cloud), Actions(policy).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.All(Actions(policy), static action => Assert.DoesNotContain('*', action));
    }

    [Theory]
    [MemberData(nameof(CloudKinds))]
    public void A_role_in_the_cluster_allows_exactly_what_the_kind_calls_there(string name)
    {
        var cloud = DeployTargets.Find(name)!.Cloud!;
        var path = Path.Combine(Policies, CloudOptions.Word(cloud.Vendor), $"{name}.rbac.json");
        Assert.Equal(TargetsDocument.ClusterPermissions(cloud).Count > 0, File.Exists(path));
        if (!File.Exists(path))
            return;

        var rules = JsonNode.Parse(File.ReadAllText(path))!["items"]!.AsArray().SelectMany(static item => item!["rules"]?.AsArray() ?? []).ToList();
        var allowed = from rule in rules
                      from resource in Texts(rule!["resources"])
                      from verb in Texts(rule["verbs"])
                      let api = (string)rule["apiGroups"]![0]!
                      select api.Length == 0 ? $"{resource}/{verb}" : $"{resource}.{api}/{verb}";
        Assert.Equal(TargetsDocument.ClusterPermissions(cloud), allowed.Order(StringComparer.Ordinal));
        Assert.All(rules, static rule => Assert.Single(rule!["apiGroups"]!.AsArray()));
    }

    [Theory]
    [InlineData(CloudVendor.Alibaba)]
    [InlineData(CloudVendor.Aws)]
    [InlineData(CloudVendor.Huawei)]
    [InlineData(CloudVendor.Tencent)]
    public void The_policy_for_looking_through_an_account_allows_exactly_the_reads_that_it_takes(CloudVendor vendor)
    {
        var actions = CloudSurvey.ActionsOf(vendor);
        var policy = JsonNode.Parse(File.ReadAllText(Path.Combine(Policies, CloudOptions.Word(vendor), "discover.json")));

        Assert.Equal(TargetsDocument.Permissions(actions), Actions(policy).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(actions, static action => action.Writes || action.Metered);
    }

    [Theory]
    [MemberData(nameof(CloudKinds))]
    public void The_kind_is_named_after_its_vendor_and_says_what_is_known_of_it(string name)
    {
        var cloud = DeployTargets.Find(name)!.Cloud!;

        Assert.StartsWith($"{CloudOptions.Word(cloud.Vendor)}-", name, StringComparison.Ordinal);
        Assert.True(cloud.Actions.Count > 0 && cloud.Actions.Distinct().Count() == cloud.Actions.Count);
        Assert.Contains(cloud.Actions, static action => action.Writes);
        Assert.NotEqual("", cloud.Api);
        Assert.EndsWith(".", cloud.Proof, StringComparison.Ordinal);
        Assert.InRange(cloud.Checked, new DateOnly(2026, 1, 1), DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(1)));
    }

    [Fact]
    public void No_policy_is_left_over()
    {
        var files = Directory.Exists(Policies) ? Directory.GetFiles(Policies, "*.json", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Policies, file)) : [];

        Assert.Equal(
            DeployTargets.All.Select(static kind => kind.Cloud).OfType<CloudKind>().Where(static cloud => cloud.Survey is not null).Select(static cloud => Path.Combine(CloudOptions.Word(cloud.Vendor), "discover.json")).Distinct()
                .Concat(DeployTargets.All.Where(static kind => kind.Cloud is not null).Select(static kind => Path.Combine(CloudOptions.Word(kind.Cloud!.Vendor), $"{kind.Name}.json")))
                .Concat(DeployTargets.All.Where(static kind => kind.Cloud is { } cloud && TargetsDocument.ClusterPermissions(cloud).Count > 0).Select(static kind => Path.Combine(CloudOptions.Word(kind.Cloud!.Vendor), $"{kind.Name}.rbac.json")))
                .Order(StringComparer.Ordinal),
            files.Order(StringComparer.Ordinal));
    }

    /// <summary>The actions of a policy, wherever the vendor's format has them.</summary>
    private static IEnumerable<string> Actions(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(static pair => pair.Key.ToLowerInvariant() is "action" or "dataactions" ? Texts(pair.Value) : Actions(pair.Value)),
        JsonArray list => list.SelectMany(Actions),
        _ => [],
    };

    private static IEnumerable<string> Texts(JsonNode? node) => node is JsonArray list ? list.Select(static item => (string)item!) : node is null ? [] : [(string)node!];
}
