using Certrelay.Certificates;

namespace Certrelay.Targets.Tencent;

/// <summary>WAF writes the regions of load balancers in a short form; every other product takes the long one.</summary>
internal static class TencentRegions
{
    /// <summary>The long form: <c>ap-guangzhou</c> for <c>gz</c>. Throws <see cref="Permanent"/> for a short form that is not known.</summary>
    public static string Name(string region) => region switch
    {
        "gz" => "ap-guangzhou",
        "sh" => "ap-shanghai",
        "bj" => "ap-beijing",
        "nj" => "ap-nanjing",
        "cd" => "ap-chengdu",
        "cq" => "ap-chongqing",
        "hk" => "ap-hongkong",
        "sg" => "ap-singapore",
        "th" => "ap-bangkok",
        "jp" => "ap-tokyo",
        "kr" => "ap-seoul",
        "in" => "ap-mumbai",
        "de" => "eu-frankfurt",
        "use" => "na-ashburn",
        "usw" => "na-siliconvalley",
        "ca" => "na-toronto",
        _ when region.Contains('-', StringComparison.Ordinal) => region,
        _ => throw new Permanent(FindingCodes.TargetRefused.Code, $"The region {region} of the load balancer is not known: use a target of the kind tencent-clb."),
    };
}
