using Certrelay.App.Azure;
using Certrelay.App.Embedded.Host;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Certrelay.App;

/// <summary>What the azure edition puts together, as far as it can be told without the packages.</summary>
public sealed class ServiceTests
{
    [Fact]
    public async Task Every_service_that_a_function_asks_for_is_registered()
    {
        var services = Provider(("Vault:Uri", "https://shop.vault.azure.net"), ("AzureWebJobsStorage", "UseDevelopmentStorage=true")).GetRequiredService<IServiceProviderIsService>();

        var missing =
            from type in (await FunctionTable.OfProduct).Functions.Select(static function => function.Method.DeclaringType!).Distinct().Append(typeof(EdgeMiddleware))
            from parameter in type.GetConstructors().Single().GetParameters()
            where !services.IsService(parameter.ParameterType)
            select $"{type.Name} asks for {parameter.ParameterType.Name}";
        Assert.Empty(missing);
    }

    [Fact]
    public void Without_a_Key_Vault_there_is_no_start() =>
        Assert.Contains("Vault:Uri", Assert.Throws<SettingsException>(() => Provider(("AzureWebJobsStorage", "UseDevelopmentStorage=true"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Without_a_storage_account_there_is_no_start() =>
        Assert.Contains("AzureWebJobsStorage", Assert.Throws<SettingsException>(() => Provider(("Vault:Uri", "https://shop.vault.azure.net"))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("as the host starts it", true, "--functions-uri", "http://127.0.0.1:1")]
    [InlineData("by hand", false, "serve", "--data")]
    public void A_Functions_host_is_told_by_its_argument(string how, bool hosted, params string[] arguments) => Assert.True(AzureApp.IsHosted(arguments) == hosted, how);

    private static IServiceProvider Provider(params (string Key, string Value)[] values)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(values.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)));
        builder.Services.AddLogging().AddAzure(SettingsCheck.Read(builder.Configuration), builder.Configuration);
        // Every constructor is looked at; nothing is made.
        builder.ConfigureContainer(new DefaultServiceProviderFactory(new ServiceProviderOptions { ValidateOnBuild = true }));
        return builder.Build().Services;
    }
}
