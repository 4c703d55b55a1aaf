namespace Certrelay.App.Cli.Probe;

/// <summary>Says on standard error how many endpoints are done, ten times a second at most, and only to a terminal.</summary>
internal sealed class ProbeProgress : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly int _all;
    private readonly ITimer? _timer;
    private int _done;
    private int _shown;

    private ProbeProgress(int all, TimeProvider time, bool shown)
    {
        _all = all;
        if (shown)
            _timer = time.CreateTimer(_ => Show(), state: null, Interval, Interval);
    }

    public static ProbeProgress Start(int all, TimeProvider time) => new(all, time, !Console.IsErrorRedirected && all > 1);

    public void Finished() => Interlocked.Increment(ref _done);

    /// <summary>Takes the line away before results are written.</summary>
    public void Clear()
    {
        _timer?.Dispose();
        if (Interlocked.Exchange(ref _shown, 0) > 0)
            Console.Error.Write("\r\x1b[K");
    }

    public void Dispose() => _timer?.Dispose();

    private void Show()
    {
        Interlocked.Exchange(ref _shown, 1);
        Console.Error.Write($"\r{Volatile.Read(ref _done)} of {_all} probed");
    }
}
