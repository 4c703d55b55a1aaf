using Certrelay.Simulators;

if (args is not [])
{
    Console.Error.WriteLine("""
        Starts a simulator of each cloud vendor on loopback and says how to use it; Ctrl-C ends them. It takes no arguments.

        Each checks signatures, times and parameters as the vendor does, keeps its state in memory, and terminates TLS with what is bound.
        """);
    return args is ["--help"] or ["-h"] ? 0 : 2;
}

using var end = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    end.Cancel();
};

var simulators = await Vendors.StartAsync(TimeProvider.System);
foreach (var simulator in simulators)
{
    Console.WriteLine($"{simulator.Vendor}: {simulator.Endpoint}");
    foreach (var line in simulator.Guide)
        Console.WriteLine($"  {line}");
}

try
{
    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, end.Token);
}
catch (OperationCanceledException)
{
    // Somebody has seen enough.
}

foreach (var simulator in simulators)
    await simulator.DisposeAsync();
return 0;
