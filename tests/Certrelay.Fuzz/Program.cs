using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Certrelay.Fuzz;

// Certrelay.Fuzz [inputs] [seed]: damages files of the corpus and has them inspected, every hundredth by the whole product over HTTP, in this process with its limit
// on memory. Ends with 0 when none crashed, hung, or was answered 500; a failing input lies in the file that it names, and comes again with the same seed.
var inputs = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
var seed = args.Length > 1 ? uint.Parse(args[1], CultureInfo.InvariantCulture) : (uint)RandomNumberGenerator.GetInt32(int.MaxValue);
Console.WriteLine($"seed {seed}");

var corpus = Corpus.Read();
var target = new InspectionTarget();
await using var product = await UploadTarget.StartAsync();
using var watchdog = new Watchdog();
var dice = new Dice(seed);
var began = Stopwatch.GetTimestamp();
var slowest = TimeSpan.Zero;
for (var i = 0; i < inputs; i++)
{
    var input = Mutation.Of(corpus, dice);
    watchdog.Begin(input, i);
    if (i % 100 is 0 && await product.FaultOfAsync(input) is { } refused)
        return Failure.Keep(seed, i, input, refused);
    var (fault, time) = target.Run(input);
    // What another process took of the time is none of the input's: slow is what is slow three times.
    for (var again = 0; fault is null && time > Watchdog.Longest && again < 2; again++)
        time = TimeSpan.FromTicks(Math.Min(time.Ticks, target.Run(input).Time.Ticks));
    watchdog.End();
    if ((fault ?? (time > Watchdog.Longest ? $"It took {time.TotalSeconds:0.0} s." : null)) is { } failure)
        return Failure.Keep(seed, i, input, failure);
    slowest = time > slowest ? time : slowest;
}

var elapsed = Stopwatch.GetElapsedTime(began);
using var process = Process.GetCurrentProcess();
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"{inputs} inputs, {inputs / elapsed.TotalSeconds:0}/s, slowest {slowest.TotalMilliseconds:0} ms, {target.Accepted} accepted, {product.Answered} over HTTP, {process.PeakWorkingSet64 / 1024 / 1024} MB at most"));
return 0;
