using System.Text.RegularExpressions;
using Certrelay.App;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.House;

/// <summary>The rules that every resource on Azure keeps. No tool for Bicep is at hand in CI, so the files are read here.</summary>
public sealed partial class InfrastructureTests
{
    // What has no tags.
    private static readonly string[] Untagged =
    [
        "Microsoft.Authorization/roleAssignments", "Microsoft.Authorization/roleDefinitions", "Microsoft.Insights/diagnosticSettings",
        "Microsoft.Storage/storageAccounts/blobServices", "Microsoft.Storage/storageAccounts/blobServices/containers", "Microsoft.Storage/storageAccounts/queueServices",
        "Microsoft.Storage/storageAccounts/queueServices/queues", "Microsoft.Storage/storageAccounts/tableServices", "Microsoft.Web/sites/config",
        "Microsoft.Web/sites/basicPublishingCredentialsPolicies", "Microsoft.EventGrid/systemTopics/eventSubscriptions", "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
    ];

    // What writes logs or metrics; the services of a storage account do, the account itself has only what they have.
    private static readonly string[] Diagnosed =
    [
        "Microsoft.OperationalInsights/workspaces", "Microsoft.Storage/storageAccounts/blobServices", "Microsoft.Storage/storageAccounts/queueServices",
        "Microsoft.Storage/storageAccounts/tableServices", "Microsoft.KeyVault/vaults", "Microsoft.Network/virtualNetworks", "Microsoft.Web/serverfarms", "Microsoft.Web/sites",
        "Microsoft.EventGrid/systemTopics",
    ];

    // What writes none: identities, roles, alerts, addresses, and the component, whose telemetry lies in the workspace.
    private static readonly string[] Silent =
    [
        .. Untagged.Except(Diagnosed), "Microsoft.Insights/components", "Microsoft.ManagedIdentity/userAssignedIdentities", "Microsoft.Storage/storageAccounts",
        "Microsoft.Network/privateEndpoints", "Microsoft.Network/privateDnsZones", "Microsoft.Network/privateDnsZones/virtualNetworkLinks", "Microsoft.Insights/actionGroups",
        "Microsoft.Insights/scheduledQueryRules", "Microsoft.Insights/metricAlerts",
    ];

    private static readonly IReadOnlyList<BicepFile> Files = BicepFile.In(Path.Combine(Repository.Root, "infra"));

    private static readonly IReadOnlyList<BicepResource> Resources = [.. Files.SelectMany(static file => file.Resources)];

    private static readonly string Operations = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));

    [Fact]
    public void Every_resource_is_of_a_type_that_these_rules_know()
    {
        Assert.NotEmpty(Resources);
        Assert.Empty(Resources.Where(static resource => !Diagnosed.Contains(resource.Type) && !Silent.Contains(resource.Type)).ToList());
        // None is overlooked for the way in which it is written.
        Assert.Equal(Files.Sum(static file => ResourceLine().Count(file.Text)), Resources.Count);
    }

    [Fact]
    public void Every_resource_that_can_have_tags_has_them() =>
        Assert.Empty(Resources.Where(static resource => !Untagged.Contains(resource.Type) && !TagsLine().IsMatch(resource.Text)).ToList());

    [Fact]
    public void Whatever_writes_logs_or_metrics_sends_them_to_the_workspace()
    {
        var told = Resources.Where(static resource => resource.Type == "Microsoft.Insights/diagnosticSettings")
            .Select(static setting => (setting.File, Scope: ScopeLine().Match(setting.Text).Groups["symbol"].Value)).ToHashSet();

        Assert.Empty(Resources.Where(resource => Diagnosed.Contains(resource.Type) && !told.Contains((resource.File, resource.Symbol))).ToList());
    }

    [Fact]
    public void No_output_and_no_setting_holds_a_secret()
    {
        string[] words = ["listKeys", "listSecrets", "listConnectionStrings", "AccountKey", "primaryKey", "ConnectionString", "sharedKey", "clientSecret", "password", "getSecret("];
        var outputs = Files.SelectMany(static file => file.Outputs.Select(output => $"{file.Name}: {output}")).ToList();

        Assert.NotEmpty(outputs);
        Assert.Empty(outputs.Where(output => words.Any(word => output.Contains(word, StringComparison.OrdinalIgnoreCase))).ToList());
        // The component's connection string names its address; without local authentication its key opens nothing.
        Assert.Empty(Files.Where(static file => file.Text.Contains("list", StringComparison.Ordinal) && KeyFunction().IsMatch(file.Text)).Select(static file => file.Name));
        Assert.DoesNotContain(Files, static file => SecureLiteral().IsMatch(file.Text));
    }

    [Theory]
    [InlineData("Microsoft.Storage/storageAccounts", "allowSharedKeyAccess: false", "allowBlobPublicAccess: false", "supportsHttpsTrafficOnly: true", "minimumTlsVersion: 'TLS1_2'")]
    [InlineData("Microsoft.KeyVault/vaults", "enableRbacAuthorization: true", "enableSoftDelete: true", "enablePurgeProtection: true")]
    [InlineData("Microsoft.Web/sites", "httpsOnly: true", "ftpsState: 'Disabled'", "minTlsVersion: '1.2'", "type: 'UserAssignedIdentity'")]
    [InlineData("Microsoft.Web/sites/basicPublishingCredentialsPolicies", "allow: false")]
    [InlineData("Microsoft.Insights/components", "DisableLocalAuth: true")]
    [InlineData("Microsoft.OperationalInsights/workspaces", "disableLocalAuth: true")]
    public void Keys_are_off_and_the_safe_way_is_the_only_one(string type, params string[] lines)
    {
        var resources = Resources.Where(resource => resource.Type == type).ToList();

        Assert.NotEmpty(resources);
        Assert.All(resources, resource => Assert.All(lines, line => Assert.Contains(line, resource.Text, StringComparison.Ordinal)));
    }

    [Fact]
    public void The_roles_are_those_of_the_documented_table()
    {
        var assigned = Resources.Where(static resource => resource.Type == "Microsoft.Authorization/roleAssignments")
            .Select(static role => (
                Role: RoleName().Match(role.Text).Groups["role"].Value,
                Scope: ScopeLine().Match(role.Text).Groups["symbol"].Value,
                Whom: role.Text.Contains("topic.identity", StringComparison.Ordinal) ? "Event Grid" : "the app"))
            .Select(static role => $"| {role.Whom} | {role.Role} | {role.Scope} |").Order(StringComparer.Ordinal);

        Assert.Equal(assigned, RoleRow().Matches(Operations).Select(static row => row.Groups["row"].Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_custom_role_has_the_data_actions_that_are_documented()
    {
        var role = Assert.Single(Resources, static resource => resource.Type == "Microsoft.Authorization/roleDefinitions").Text;
        var documented = File.ReadAllText(Path.Combine(Repository.Root, "docs", "vault.md"));

        var actions = DataAction().Matches(role).Select(static action => action.Groups["action"].Value).ToList();
        Assert.Equal(VaultRow().Matches(documented).Select(static row => row.Groups["action"].Value).Order(StringComparer.Ordinal), actions.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(actions, static action => action.StartsWith("purge", StringComparison.Ordinal));
        Assert.Contains("actions: []", role, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_setting_is_set_here_or_documented_as_left_at_its_default()
    {
        var app = Assert.Single(Files, static file => file.Name.EndsWith("app.bicep", StringComparison.Ordinal)).Text;
        var left = LeftRow().Matches(Operations).Select(static row => row.Groups["setting"].Value).ToList();

        var unsaid = SettingShape.Of(typeof(Settings)).Leaves().Select(static leaf => leaf.Path)
            .Where(path => !app.Contains($"{path.Replace(":", "__", StringComparison.Ordinal)}:", StringComparison.Ordinal))
            .Where(path => !left.Exists(setting => path == setting || (setting.EndsWith(":*", StringComparison.Ordinal) && path.StartsWith(setting[..^1], StringComparison.Ordinal))));

        Assert.Empty(unsaid);
        Assert.All(left, setting => Assert.Contains(SettingShape.Of(typeof(Settings)).Leaves(), leaf => leaf.Path.StartsWith(setting.TrimEnd('*'), StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_alert_has_its_section_in_the_runbook()
    {
        var alerts = Resources.Where(static resource => resource.Type is "Microsoft.Insights/scheduledQueryRules" or "Microsoft.Insights/metricAlerts")
            .Select(static alert => AlertName().Match(alert.Text).Groups["name"].Value).ToList();

        Assert.NotEmpty(alerts);
        Assert.All(alerts, alert => Assert.Contains($"### `{alert}`", Operations, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("staging")]
    [InlineData("prod")]
    public void Each_environment_gives_every_parameter_that_has_no_default(string environment)
    {
        var template = Assert.Single(Files, static file => file.Name == "main.bicep").Text;
        var given = File.ReadAllText(Path.Combine(Repository.Root, "infra", $"main.{environment}.bicepparam"));

        var needed = Parameter().Matches(template).Where(static parameter => !parameter.Groups["default"].Success).Select(static parameter => parameter.Groups["name"].Value).ToList();
        Assert.NotEmpty(needed);
        Assert.Equal(needed.Order(StringComparer.Ordinal), GivenParameter().Matches(given).Select(static parameter => parameter.Groups["name"].Value).Order(StringComparer.Ordinal));
        Assert.Contains($"param environment = '{environment}'", given, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_module_is_given_every_parameter_that_has_no_default()
    {
        var main = Assert.Single(Files, static file => file.Name == "main.bicep").Text;
        foreach (Match module in Module().Matches(main))
        {
            var file = Assert.Single(Files, one => one.Name == module.Groups["path"].Value);
            var parameters = Parameter().Matches(file.Text);
            var given = ModuleParameter().Matches(module.Groups["params"].Value).Select(static parameter => parameter.Groups["name"].Value).ToList();
            var needed = parameters.Where(static parameter => !parameter.Groups["default"].Success).Select(static parameter => parameter.Groups["name"].Value);
            Assert.Empty(needed.Except(given));
            Assert.Empty(given.Except(parameters.Select(static parameter => parameter.Groups["name"].Value)));
        }
    }

    [GeneratedRegex(@"^resource (?!.* existing = )", RegexOptions.CultureInvariant | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ResourceLine();

    [GeneratedRegex(@"^\s+tags: tags\s*$", RegexOptions.CultureInvariant | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TagsLine();

    [GeneratedRegex(@"^\s+scope: (?<symbol>\w+)\s*$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ScopeLine();

    [GeneratedRegex(@"\blist[A-Z]\w*\(", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex KeyFunction();

    [GeneratedRegex("(SharedAccessKey|AccountKey|sig)=", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SecureLiteral();

    [GeneratedRegex(@"name: guid\([^']*'(?<role>[^']+)'\)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RoleName();

    [GeneratedRegex(@"^(?<row>\| (the app|Event Grid) \| [^|]+ \| \w+ \|)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RoleRow();

    [GeneratedRegex("'Microsoft.KeyVault/vaults/secrets/(?<action>[^']+)'", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DataAction();

    [GeneratedRegex(@"^\| `(?<action>[a-zA-Z]+(/action)?)` \|", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VaultRow();

    [GeneratedRegex(@"^\| `(?<setting>[A-Z][A-Za-z:*]+)` \| left", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LeftRow();

    [GeneratedRegex(@"^\s+name: '(?<name>[a-z-]+)-\$\{base\}'", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AlertName();

    [GeneratedRegex(@"^param (?<name>\w+) \w+(?<default> =)?", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"^param (?<name>\w+) =", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex GivenParameter();

    [GeneratedRegex(@"^module \w+ '(?<path>[^']+)' = (if \([^\n]*\) )?\{\s+name: '\w+'\s+params: \{(?<params>.*?)\}\s*^\}", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Module();

    [GeneratedRegex(@"(?<=^|,|\{)\s*(?<name>\w+): ", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ModuleParameter();
}
