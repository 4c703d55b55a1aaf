using System.Text.Json.Nodes;
using Certrelay.Records;
using Certrelay.Targets;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Targets.Huawei;

public sealed class HuaweiPolicyTests
{
    public static TheoryData<string> Kinds => [.. DeployTargets.All.Where(static kind => kind.Cloud?.Vendor == CloudVendor.Huawei).Select(static kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Policy_of_a_kind_allows_exactly_what_it_calls(string kind)
    {
        var policy = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "infra", "policies", "huawei", kind + ".json")))!;

        var statement = Assert.Single(policy["Statement"]!.AsArray())!;
        Assert.Equal(("1.1", "Allow"), (policy["Version"]!.GetValue<string>(), statement["Effect"]!.GetValue<string>()));
        Assert.Equal(
            DeployTargets.Find(kind)!.Cloud!.Actions.Select(static action => action.Permission).Distinct().Order(StringComparer.Ordinal),
            statement["Action"]!.AsArray().Select(static action => action!.GetValue<string>()));
    }
}
