using Certrelay.RealParts.Support;
using Xunit.Abstractions;

namespace Certrelay.RealParts.Formats;

/// <summary>Damaged files in a process of their own with a limit on its memory. A million of them: <c>dotnet run -c Release --project tests/Certrelay.Fuzz</c>.</summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const string Inputs = "20000";

    [RealFact("dotnet")]
    public async Task No_damaged_file_crashes_hangs_or_is_answered_500()
    {
        var report = await RealProcess.RunAsync("dotnet", TimeSpan.FromMinutes(5), [Path.Combine(AppContext.BaseDirectory, "Certrelay.Fuzz.dll"), Inputs]);

        output.WriteLine(report);
        Assert.Matches($"seed [0-9]+\n{Inputs} inputs, [0-9]+/s, slowest [0-9]+ ms, [1-9][0-9]* accepted, 200 over HTTP", report);
    }
}
