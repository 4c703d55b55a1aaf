using System.CommandLine;
using System.Text;
using Certrelay.Dns;
using Certrelay.Outgoing;
using Certrelay.Watch.Probing;
using Certrelay.Watch.Revocation;

namespace Certrelay.App.Cli.Probe;

/// <summary><c>probe</c>: looks at what endpoints serve, without a host; 0 when all is well, 1 when something is wrong, 2 for bad usage.</summary>
internal static class ProbeCommand
{
    private const int AllGood = 0;
    private const int FaultFound = 1;
    private const int BadUsage = 2;
    private const int Interrupted = 130;

    public static Command Create()
    {
        var command = new Command("probe", "Look at the certificates that endpoints serve; exit code 0: all good, 1: a fault or warning, 2: bad usage.")
        {
            ProbeOptions.Endpoints,
            ProbeOptions.File,
            ProbeOptions.Json,
            ProbeOptions.Quick,
            ProbeOptions.NoRevocation,
            ProbeOptions.Name,
            ProbeOptions.StartTls,
            ProbeOptions.Expect,
            ProbeOptions.Trust,
            ProbeOptions.WarnDays,
            ProbeOptions.WarnShare,
            ProbeOptions.HttpPort,
            ProbeOptions.Timeout,
            ProbeOptions.Concurrency,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        var options = ProbeOptions.Read(arguments, out var startTls, faults);
        var input = ProbeInput.Read(
            arguments.GetValue(ProbeOptions.Endpoints) ?? [], arguments.GetValue(ProbeOptions.File), arguments.GetValue(ProbeOptions.Name), startTls, Console.In);
        faults.AddRange(input.Faults);
        if (faults.Count == 0 && input.Endpoints.Count == 0)
            faults.Add("no endpoint is named: certrelay probe shop.example.com:443");
        if (faults.Count > 0)
        {
            await Console.Error.WriteLineAsync($"Nothing was probed:{Environment.NewLine}{string.Join(Environment.NewLine, faults)}");
            return BadUsage;
        }

        try
        {
            return await ProbeAsync(input.Endpoints, options, arguments.GetValue(ProbeOptions.Concurrency), arguments.GetValue(ProbeOptions.Json), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Interrupted;
        }
    }

    private static async Task<int> ProbeAsync(
        IReadOnlyList<Endpoint> endpoints, ReportOptions options, int concurrency, bool json, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        // Whoever sits at this host may reach what it reaches; metadata services are refused all the same.
        var guard = new OutgoingGuard(new OutgoingOptions { AllowLoopbackEndpoints = true });
        var resolver = new SystemResolver(time);
        using var content = new ContentFetch(resolver, guard, time);
        var surveys = new EndpointSurveys(new EndpointSurvey(resolver, guard, new TlsProbe(time), new RevocationCheck(content, time), time));
        using var progress = ProbeProgress.Start(endpoints.Count, time);
        await using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 16 * 1024);
        var reports = new List<EndpointReport>();
        var good = true;
        await foreach (var report in surveys.SurveyAsync(endpoints, OutgoingClass.Endpoint, options, concurrency, progress.Finished, cancellationToken))
        {
            good &= report.Good;
            if (json)
            {
                await output.WriteLineAsync(ReportJson.Write(report));
                await output.FlushAsync(cancellationToken);
            }
            else
            {
                reports.Add(report);
            }
        }

        progress.Clear();
        if (!json)
            await new ProbeTable(reports).WriteAsync(output);
        return good ? AllGood : FaultFound;
    }
}
