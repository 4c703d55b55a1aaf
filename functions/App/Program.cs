using System.CommandLine;
using Certrelay.App.Cli;
using Certrelay.App.Cli.Demo;
using Certrelay.App.Cli.Probe;

var root = new RootCommand("Certrelay brings certificates to every place that terminates TLS, and proves by a handshake that they are served.")
{
    ServeCommand.Create(),
    DemoCommand.Create(),
    DemoReloadCommand.Create(),
    RotateKeyCommand.Create(),
    ProbeCommand.Create(),
    InspectCommand.Create(),
    ServeCommand.Data,
    ServeCommand.Url,
    ServeCommand.SettingsFile,
};
root.SetAction(ServeCommand.RunAsync);
var arguments = root.Parse(args);
// Longer than the host waits for running functions (HostOptions.ShutdownTimeout); two seconds, the library's own, would cut a deployment in half.
var code = await arguments.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(35) });
// The library's own code for bad usage is 1, which probe and inspect give another meaning.
return arguments.Errors.Count > 0 ? 2 : code;
