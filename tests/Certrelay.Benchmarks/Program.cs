using Certrelay.Benchmarks;
using Microsoft.Extensions.Logging;

// Each benchmark runs ours and its yardstick in turn within one process run and prints medians and their ratio:
//   dotnet run -c Release --project tests/Certrelay.Benchmarks -- [reconcile] [queue] [start] [probes] [lists] [expiry] [scan] [api] [verbs] [vendor] [fleet] [formats]
if (args is [BareApp.Verb, var url, var logged])
    return await BareApp.RunAsync(url, Enum.Parse<LogLevel>(logged));
if (args is [VerbBenchmark.Bare])
{
    Console.WriteLine("ok");
    return 0;
}

if (args is [TlsSite.Verb])
    return await TlsSite.ServeAsync();

if (args is [FleetBenchmark.Verb])
    return await FleetBenchmark.ServeAsync();

if (args is [VendorBenchmark.Verb, var folder])
    return await VendorBenchmark.MeasureAsync(folder);

var chosen = args.Length > 0 ? args : ["reconcile", "queue", "start", "probes", "lists", "expiry", "scan", "api", "verbs", "vendor", "fleet", "formats"];
foreach (var name in chosen)
{
    Console.WriteLine($"== {name}");
    switch (name)
    {
        case "reconcile":
            await ReconcileBenchmark.RunAsync();
            break;
        case "queue":
            await QueueBenchmark.RunAsync();
            break;
        case "start":
            await StartBenchmark.RunAsync();
            break;
        case "probes":
            await ProbeBenchmark.RunAsync();
            break;
        case "lists":
            await ListBenchmark.RunAsync();
            break;
        case "expiry":
            await ExpiryBenchmark.RunAsync();
            break;
        case "scan":
            await ScanBenchmark.RunAsync();
            break;
        case "api":
            await ApiBenchmark.RunAsync();
            break;
        case "verbs":
            await VerbBenchmark.RunAsync();
            break;
        case "vendor":
            await VendorBenchmark.RunAsync();
            break;
        case "fleet":
            await FleetBenchmark.RunAsync();
            break;
        case "formats":
            await FormatsBenchmark.RunAsync();
            break;
        default:
            Console.Error.WriteLine($"There is no benchmark '{name}'; there are reconcile, queue, start, probes, lists, expiry, scan, api, verbs, vendor, fleet and formats.");
            return 2;
    }
}

return 0;
