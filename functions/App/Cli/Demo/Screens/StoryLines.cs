using Spectre.Console;

namespace Certrelay.App.Cli.Demo.Screens;

/// <summary>What scrolls by on a terminal and in a log alike: facts, findings, ends of acts, the summary.</summary>
/// <param name="console">Where to.</param>
/// <param name="fillsLines">True where a line may be written over a longer one, of which the end would stay.</param>
internal sealed class StoryLines(IAnsiConsole console, bool fillsLines)
{
    private const int Indent = 6;

    private readonly string _indent = new(' ', Indent);

    public void Show(DemoEvent happened)
    {
        switch (happened)
        {
            case FactShown fact:
                Indented(fact.Text, "grey");
                break;
            case FindingShown finding:
                Print($"{_indent}{Coloured(finding.Severity)} [bold]{Markup.Escape(finding.Code)}[/]");
                Indented(finding.Message, "default");
                break;
            case ActDone act:
                Print($"[green]ok[/]    {Markup.Escape(act.Title)}");
                break;
            case ActFailed act:
                Print($"[red]FAIL[/]  {Markup.Escape(act.Title)}");
                Indented(act.Reason, "red");
                break;
            case StoryEnded end:
                Show(end);
                break;
        }
    }

    public void Print(string markup)
    {
        var rest = fillsLines ? Math.Max(0, console.Profile.Width - Markup.Remove(markup).Length) : 0;
        console.MarkupLine(markup + new string(' ', rest));
    }

    private void Show(StoryEnded end)
    {
        console.WriteLine();
        Print(end.Ok
            ? $"[green]Every act really happened[/], in {end.Seconds:0.0} s."
            : $"[red]The story is not true[/]; it ended after {end.Seconds:0.0} s.");
        foreach (var hint in end.Next)
            console.WriteLine(hint);
    }

    /// <summary>Broken between words only, because a fingerprint in two pieces cannot be searched for.</summary>
    private void Indented(string text, string colour)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && Indent + line.Length + 1 + word.Length > console.Profile.Width)
            {
                Print($"{_indent}[{colour}]{Markup.Escape(line)}[/]");
                line = "";
            }

            line += line.Length > 0 ? $" {word}" : word;
        }

        Print($"{_indent}[{colour}]{Markup.Escape(line)}[/]");
    }

    private static string Coloured(string severity) => severity == "error" ? "[red]error[/]" : $"[yellow]{Markup.Escape(severity)}[/]";
}
