using System.CommandLine;
using Certrelay.App.Cli;
using Certrelay.App.Cli.Demo;

var root = new RootCommand("Certrelay brings certificates to every place that terminates TLS, and proves by a handshake that they are served.")
{
    ServeCommand.Create(),
    DemoCommand.Create(),
    DemoReloadCommand.Create(),
    RotateKeyCommand.Create(),
    ServeCommand.Data,
    ServeCommand.Url,
    ServeCommand.SettingsFile,
};
root.SetAction(ServeCommand.RunAsync);
// Longer than the host waits for running functions (HostOptions.ShutdownTimeout); two seconds, the library's own, would cut a deployment in half.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(35) });
