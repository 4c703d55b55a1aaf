namespace Certrelay.Fuzz;

/// <summary>Ends the process when one input does not come to an end at all, and keeps the input.</summary>
internal sealed class Watchdog : IDisposable
{
    /// <summary>No input may take longer.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Endless = TimeSpan.FromSeconds(60);

    private readonly ITimer _timer;
    private FuzzInput? _input;
    private int _number;

    public Watchdog() => _timer = TimeProvider.System.CreateTimer(_ => Bark(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Begin(FuzzInput input, int number)
    {
        (_input, _number) = (input, number);
        _timer.Change(Endless, Timeout.InfiniteTimeSpan);
    }

    public void End() => _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Dispose() => _timer.Dispose();

    private void Bark() => Environment.Exit(Failure.Keep(0, _number, _input!, $"It did not end within {Endless.TotalSeconds:0} s."));
}
