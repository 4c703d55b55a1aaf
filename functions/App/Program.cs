using System.CommandLine;
using Certrelay.App.Cli;

var root = new RootCommand("Certrelay brings certificates to every place that terminates TLS, and proves by a handshake that they are served.")
{
    ServeCommand.Create(),
    ServeCommand.Data,
    ServeCommand.Url,
    ServeCommand.SettingsFile,
};
root.SetAction(ServeCommand.RunAsync);
return await root.Parse(args).InvokeAsync();
