using System.CommandLine;
using System.Net;
using System.Net.Sockets;

namespace Certrelay.App.Cli.Demo;

/// <summary><c>demo-reload</c>, hidden: the reload command of the demo's sites, so that a real process reports success or failure.</summary>
internal static class DemoReloadCommand
{
    public const string Verb = "demo-reload";

    private static readonly Argument<int> Port = new("port") { Description = "The control port of a demo site." };

    public static Command Create()
    {
        var command = new Command(Verb, "Have a demo site read its files again.") { Port };
        command.Hidden = true;
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, arguments.GetValue(Port), cancellationToken);
            using var reader = new StreamReader(client.GetStream());
            var answer = await reader.ReadLineAsync(cancellationToken);
            if (answer == DemoSite.Reloaded)
                return 0;
            await Console.Error.WriteLineAsync(answer ?? "The site did not answer.");
            return 1;
        }
        catch (Exception fault) when (fault is SocketException or IOException)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return 1;
        }
    }
}
