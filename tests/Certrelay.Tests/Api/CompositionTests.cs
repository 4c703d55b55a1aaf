using Certrelay.App.Embedded;
using Certrelay.App.Embedded.Host;
using Certrelay.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Certrelay.Tests.Api;

public sealed class CompositionTests
{
    [Fact]
    public async Task Every_function_class_can_be_made_from_the_products_own_services()
    {
        using var folder = new TemporaryFolder();
        await using var app = ApiServer.Build(folder["data"], folder.Path);
        await EmbeddedApp.PrepareAsync(app);

        var classes = app.Services.GetRequiredService<FunctionTable>().Functions.Select(function => function.Method.DeclaringType!).Distinct().ToList();

        Assert.True(classes.Count >= 10);
        foreach (var type in classes)
        {
            using var scope = app.Services.CreateScope();
            Assert.NotNull(ActivatorUtilities.CreateFactory(type, [])(scope.ServiceProvider, []));
        }
    }
}
