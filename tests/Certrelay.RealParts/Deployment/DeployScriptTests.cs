using Certrelay.RealParts.Support;

namespace Certrelay.RealParts.Deployment;

public sealed class DeployScriptTests : IDisposable
{
    private readonly DeployScript _script = new();

    [RealFact("bash", "zip", "unzip", "jq")]
    public async Task It_builds_shows_deploys_and_asks_the_product_and_the_token_is_in_no_list_of_processes()
    {
        var (exit, output, error) = await _script.RunAsync(["dev", "rg-dev", "--yes"]);

        Assert.Equal((0, ""), (exit, error));
        Assert.EndsWith("Certrelay 1.4.0 runs at https://certrelay-dev-x.azurewebsites.net\n", output, StringComparison.Ordinal);
        Assert.Contains("Resource changes: 31 to create.", output, StringComparison.Ordinal);
        string[] order = ["dotnet publish functions/App -c Release -p:Edition=azure -o ", "az deployment group what-if ", "az deployment group create ", "az functionapp deployment source config-zip ", "curl ", "az account get-access-token ", "curl "];
        Assert.Equal(order.Length, _script.Calls.Count);
        Assert.All(order.Zip(_script.Calls), static pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
        Assert.All(_script.Calls.Where(static call => call.Contains("deployment group", StringComparison.Ordinal)), static call =>
            Assert.Contains("--resource-group rg-dev --template-file infra/main.bicep --parameters infra/main.dev.bicepparam", call, StringComparison.Ordinal));
        Assert.Contains("--resource api://4f2d ", _script.Calls[^2], StringComparison.Ordinal);
        Assert.DoesNotContain(_script.Calls, static call => call.Contains(DeployScript.Token, StringComparison.Ordinal));
        Assert.Equal(($"Authorization: Bearer {DeployScript.Token}", "600"), (_script.Left.Header, _script.Left.Mode));
        Assert.Contains("certrelay.dll", _script.Left.Package, StringComparison.Ordinal);
        Assert.Empty(_script.Remains);
    }

    [RealTheory("bash", "zip", "unzip", "jq")]
    [InlineData("n\n", false)]
    [InlineData("", false)]
    [InlineData("y\n", true)]
    public async Task It_changes_something_only_after_a_yes(string answer, bool deploys)
    {
        var (exit, output, _) = await _script.RunAsync(["prod", "rg-prod"], answer);

        Assert.Equal((deploys ? 0 : 1, deploys), (exit, _script.Calls.Any(static call => call.StartsWith("az deployment group create", StringComparison.Ordinal))));
        Assert.Equal(deploys, output.Contains("Certrelay 1.4.0 runs", StringComparison.Ordinal));
    }

    [RealTheory("bash", "jq")]
    [InlineData("usage: infra/deploy.sh dev|staging|prod RESOURCE_GROUP [--yes]", "test", "rg")]
    [InlineData("usage: infra/deploy.sh dev|staging|prod RESOURCE_GROUP [--yes]")]
    [InlineData("Name the resource group.", "dev")]
    public async Task It_says_how_it_is_called(string message, params string[] arguments)
    {
        var (exit, _, error) = await _script.RunAsync(arguments);

        Assert.Equal((2, message), (exit, error.Trim()));
        Assert.Empty(_script.Calls);
    }

    [RealTheory("bash", "jq")]
    [InlineData("CERTRELAY_AUTH_CLIENT_ID", "the application ID of the app registration")]
    [InlineData("CERTRELAY_ALERT_EMAIL", "where alerts of the platform go")]
    public async Task A_variable_that_is_missing_is_named_before_anything_is_built(string variable, string meaning)
    {
        var (exit, _, error) = await _script.RunAsync(["dev", "rg", "--yes"], "", (variable, null));

        Assert.NotEqual(0, exit);
        Assert.Contains($"{variable}: {meaning}", error, StringComparison.Ordinal);
        Assert.Empty(_script.Calls);
    }

    [RealTheory("bash", "zip", "unzip", "jq")]
    [InlineData(5, 0)]
    [InlineData(6, 1)]
    public async Task A_package_that_is_refused_while_roles_settle_is_sent_again_six_times_at_most(int refused, int end)
    {
        var (exit, _, error) = await _script.RunAsync(["dev", "rg", "--yes"], "", ("REFUSED_PACKAGES", $"{refused}"));

        Assert.Equal((end, 6), (exit, _script.Calls.Count(static call => call.Contains("config-zip", StringComparison.Ordinal))));
        Assert.Equal(end != 0, error.Contains("The package could not be deployed.", StringComparison.Ordinal));
    }

    [RealTheory("bash", "zip", "unzip", "jq")]
    [InlineData("HEALTH", "503", "no heartbeat")]
    [InlineData("EDITION", "embedded", "Unexpected status:")]
    public async Task A_product_that_does_not_run_well_is_no_success(string variable, string value, string reason)
    {
        var (exit, output, error) = await _script.RunAsync(["dev", "rg", "--yes"], "", (variable, value));

        Assert.Equal(1, exit);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        Assert.DoesNotContain("runs at", output, StringComparison.Ordinal);
        Assert.Empty(_script.Remains);
    }

    public void Dispose() => _script.Dispose();
}
