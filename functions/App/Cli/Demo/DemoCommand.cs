using System.CommandLine;
using Certrelay.App.Cli.Demo.Screens;
using Certrelay.App.Embedded;
using Spectre.Console;

namespace Certrelay.App.Cli.Demo;

/// <summary><c>demo</c>: the whole product in one local story that needs nothing installed; exit code 0 only if every act really happened.</summary>
internal static class DemoCommand
{
    // What a shell expects of a program that Ctrl+C ended.
    private const int Interrupted = 130;

    private static readonly Option<string?> Data = new("--data")
    {
        Description = "A new or empty folder for everything that the story makes, which is kept; a temporary one when absent.",
        HelpName = "folder",
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Write one JSON object a line instead of a table." };

    public static Command Create()
    {
        var command = new Command("demo", "Show upload, rollout, proof and an automatic restore on three local TLS sites.") { Data, Json };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        CoreDumps.Forbid();
        var (opened, refusal) = DemoFolder.Open(arguments.GetValue(Data));
        if (opened is null)
        {
            await Console.Error.WriteLineAsync(refusal);
            return 2;
        }

        using var folder = opened;
        var screen = ScreenOf(arguments.GetValue(Json));
        try
        {
            return await screen.DuringAsync(() => new DemoStory(folder, screen, TimeProvider.System).TellAsync(cancellationToken)) ? 0 : 1;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Interrupted;
        }
    }

    private static IDemoScreen ScreenOf(bool json)
    {
        if (json)
            return new JsonScreen(Console.Out);
        return AnsiConsole.Profile is { Capabilities.Ansi: true, Out.IsTerminal: true }
            ? new LiveScreen(AnsiConsole.Console, TimeProvider.System)
            : new PlainScreen(Console.Out);
    }
}
