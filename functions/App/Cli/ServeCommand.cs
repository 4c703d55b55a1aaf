using System.CommandLine;
using Certrelay.App.Embedded;
using Certrelay.App.Embedded.Host;
using Certrelay.Vault;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Certrelay.App.Cli;

/// <summary><c>serve</c>: runs the API, the timers and the queues until it is stopped.</summary>
internal static class ServeCommand
{
    public static Option<string?> Data { get; } = new("--data")
    {
        Description = "The folder of database, vault and first token.",
        HelpName = "folder",
    };

    public static Option<string?> Url { get; } = new("--url") { Description = "The address of the API.", HelpName = "address" };

    public static Option<string> SettingsFile { get; } = new("--settings")
    {
        Description = "The file of settings; its section Values is read, environment variables (Http__Url) come on top.",
        HelpName = "file",
        DefaultValueFactory = static _ => "local.settings.json",
    };

    public static Command Create()
    {
        var command = new Command("serve", "Run the API, the timers and the queues (the default).") { Data, Url, SettingsFile };
        command.SetAction(RunAsync);
        return command;
    }

    public static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        try
        {
            // Begins to be read.
            _ = FunctionTable.OfProduct;
            var configuration = Configure(arguments);
            var settings = SettingsCheck.Read(configuration);
            CoreDumps.Forbid();
            await using var app = EmbeddedApp.Build(settings, configuration, TimeProvider.System);
            var token = await EmbeddedApp.PrepareAsync(app);
            await app.StartAsync(cancellationToken);
            Greet(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First(), token);
            await app.WaitForShutdownAsync(cancellationToken);
            return 0;
        }
        catch (Exception refusal) when (refusal is SettingsException or VaultRefusedException or FunctionDeclarationException)
        {
            await Console.Error.WriteLineAsync($"Certrelay does not start:{Environment.NewLine}{refusal.Message}");
            return 2;
        }
        catch (IOException taken)
        {
            await Console.Error.WriteLineAsync($"Certrelay does not start: {taken.Message}");
            return 2;
        }
    }

    /// <summary>The settings file, then the environment, then the command line.</summary>
    public static IConfiguration Configure(ParseResult arguments)
    {
        var file = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(arguments.GetValue(SettingsFile)!), optional: true).Build();
        var overrides = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        if (arguments.GetValue(Data) is { } data)
            overrides["DataFolder"] = data;
        if (arguments.GetValue(Url) is { } url)
            overrides["Http:Url"] = url;
        return new ConfigurationBuilder()
            .AddConfiguration(file.GetSection("Values"))
            .AddEnvironmentVariables()
            .AddInMemoryCollection(overrides)
            .Build();
    }

    private static void Greet(string address, Certrelay.Records.FirstToken token)
    {
        Console.WriteLine($"Certrelay listens on {address}");
        Console.WriteLine($"The first token is in {token.File}");
        if (token.Text is { } text && !Console.IsOutputRedirected)
            Console.WriteLine($"It is shown this once: {text}");
        Console.WriteLine($"Next: curl -H \"Authorization: Bearer $(cat {token.File})\" {address}/api/status");
    }
}
