using System.CommandLine;
using Certrelay.App.Cli;
using Certrelay.App.Cli.Demo;
using Certrelay.App.Cli.Probe;

#if AZURE
if (Certrelay.App.Azure.AzureApp.IsHosted(args))
{
    try
    {
        Certrelay.App.Azure.AzureApp.Run(args);
        return 0;
    }
    catch (Certrelay.App.SettingsException refusal)
    {
        await Console.Error.WriteLineAsync($"Certrelay does not start:{Environment.NewLine}{refusal.Message}");
        return 2;
    }
}
#endif

var root = new RootCommand("Certrelay brings certificates to every place that terminates TLS, and proves by a handshake that they are served.");
// These are run from scripts, often: the other verbs and what they load stay out of their start.
if (args is ["probe" or "inspect", ..])
{
    root.Add(args[0] == "probe" ? ProbeCommand.Create() : InspectCommand.Create());
}
else
{
    Command[] verbs = [ServeCommand.Create(), DemoCommand.Create(), DemoReloadCommand.Create(), RotateKeyCommand.Create(), VaultCommand.Create(), .. BackupCommand.Create(), ProbeCommand.Create(), InspectCommand.Create()];
    Array.ForEach(verbs, root.Add);
    root.Add(ServeCommand.Data);
    root.Add(ServeCommand.Url);
    root.Add(ServeCommand.SettingsFile);
    root.SetAction(ServeCommand.RunAsync);
}

var arguments = root.Parse(args);
// Longer than the host waits for running functions (HostOptions.ShutdownTimeout); two seconds, the library's own, would cut a deployment in half.
var code = await arguments.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(35) });
// The library's own code for bad usage is 1, which probe and inspect give another meaning.
return arguments.Errors.Count > 0 ? 2 : code;
