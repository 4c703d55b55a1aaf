using System.Reflection;
using System.Text;
using Certrelay.App.Embedded.Host;
using Certrelay.App.Http;
using Certrelay.Tests.Support;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.Tests.Host;

/// <summary>
/// The functions as both editions declare them: one approved list. A trigger, a route, a schedule, a queue or a permission that changes in one of them, or in both without
/// being approved, fails here. <c>UPDATE_DOCS=1</c> approves it.
/// </summary>
public sealed class FunctionSnapshotTests
{
    [Fact]
    public async Task The_functions_are_those_that_were_approved() => GeneratedPage.Check("functions.md", Page(await FunctionTable.OfProduct));

    private static string Page(FunctionTable table)
    {
        var page = new StringBuilder("# Functions\n\n")
            .Append("What runs when, the same in both editions. Generated from the functions' attributes; a difference fails a test of each edition.\n\n")
            .Append("| function | trigger | of | permission |\n| --- | --- | --- | --- |\n");
        foreach (var function in table.Functions)
            page.Append($"| {function.Name} | {Row(function)} |\n");
        return page.ToString();
    }

    private static string Row(DeclaredFunction function) => function.Trigger switch
    {
        HttpTriggerAttribute http => $"HTTP | {string.Join(", ", http.Methods!.Select(static method => method.ToUpperInvariant()))} `/{http.Route}` | "
            + $"{function.Method.GetCustomAttribute<RequiresAttribute>()!.Permission.ToString().ToLowerInvariant()}",
        TimerTriggerAttribute timer => $"timer | `{timer.Schedule}`{(timer.RunOnStartup ? " and at the start" : "")} | ",
        QueueTriggerAttribute queue => $"queue | `{queue.QueueName}` | ",
        var other => throw new InvalidOperationException($"{other} is a trigger of no known kind."),
    };
}
