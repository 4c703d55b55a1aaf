using Certrelay.Simulators.Alibaba;
using Certrelay.Simulators.Aws;
using Certrelay.Simulators.Azure;
using Certrelay.Simulators.Huawei;
using Certrelay.Simulators.Tencent;

namespace Certrelay.Simulators;

/// <summary>Every vendor that can be simulated. A new one is a folder of its own and a line here.</summary>
public static class Vendors
{
    private static readonly IReadOnlyList<Func<TimeProvider, Task<ISimulator>>> All =
    [
        AlibabaSimulator.StartWithExamplesAsync,
        AwsSimulator.StartWithExamplesAsync,
        AzureSimulator.StartWithExamplesAsync,
        HuaweiSimulator.StartAsync,
        TencentSimulator.StartWithExamplesAsync,
    ];

    /// <summary>Starts one of each, on free ports, with the resources that their guides name.</summary>
    public static async Task<IReadOnlyList<ISimulator>> StartAsync(TimeProvider time)
    {
        var started = new List<ISimulator>();
        foreach (var start in All)
            started.Add(await start(time));
        return started;
    }
}
