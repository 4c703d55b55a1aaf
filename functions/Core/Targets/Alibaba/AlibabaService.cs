using System.Collections.Frozen;
using Certrelay.Certificates;

namespace Certrelay.Targets.Alibaba;

/// <summary>One product's API: its version and where it is called.</summary>
/// <param name="Word">As hosts, budgets and actions name it: <c>cas</c>.</param>
/// <param name="Version">The date that each call names.</param>
/// <param name="China">The host for accounts of the China site; <c>{region}</c> stands for the resource's region.</param>
/// <param name="International">The host for accounts of the international site; null: the same.</param>
internal sealed record AlibabaService(string Word, string Version, string China, string? International = null)
{
    // The regions whose load balancers are called at one host for all; the others have one each.
    private static readonly FrozenSet<string> Central =
        new[] { "ap-southeast-1", "cn-beijing", "cn-hangzhou", "cn-hongkong", "cn-qingdao", "cn-shanghai", "cn-shenzhen", "us-east-1", "us-west-1" }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, AlibabaService> All = new AlibabaService[]
    {
        new("alb", "2020-06-16", "alb.{region}.aliyuncs.com"),
        new("apig", "2024-03-27", "apig.{region}.aliyuncs.com"),
        new("apigateway", "2016-07-14", "apigateway.{region}.aliyuncs.com"),
        new("cas", "2020-04-07", "cas.aliyuncs.com", "cas.ap-southeast-1.aliyuncs.com"),
        new("cdn", "2018-05-10", "cdn.aliyuncs.com"),
        new("cs", "2015-12-15", "cs.{region}.aliyuncs.com"),
        new("dcdn", "2018-01-15", "dcdn.aliyuncs.com"),
        new("ddoscoo", "2020-01-01", "ddoscoo.cn-hangzhou.aliyuncs.com", "ddoscoo.ap-southeast-1.aliyuncs.com"),
        new("eas", "2021-07-01", "pai-eas.{region}.aliyuncs.com"),
        new("esa", "2024-09-10", "esa.cn-hangzhou.aliyuncs.com", "esa.ap-southeast-1.aliyuncs.com"),
        new("fc", "2023-03-30", "fcv3.{region}.aliyuncs.com"),
        new("fc2", "2021-04-06", "fc.{region}.aliyuncs.com"),
        new("ga", "2019-11-20", "ga.cn-hangzhou.aliyuncs.com"),
        new("live", "2016-11-01", "live.aliyuncs.com"),
        new("mse", "2019-05-31", "mse.{region}.aliyuncs.com"),
        new("nlb", "2022-04-30", "nlb.{region}.aliyuncs.com"),
        new("sae", "2019-05-06", "sae.{region}.aliyuncs.com"),
        new("slb", "2014-05-15", "slb.{region}.aliyuncs.com"),
        new("vod", "2017-03-21", "vod.{region}.aliyuncs.com"),
        new("waf", "2021-10-01", "wafopenapi.cn-hangzhou.aliyuncs.com", "wafopenapi.ap-southeast-1.aliyuncs.com"),
    }.ToFrozenDictionary(static service => service.Word, StringComparer.Ordinal);

    public static AlibabaService Of(string word) => All[word];

    /// <summary>The host for a site's accounts; throws <see cref="Permanent"/> (<c>target.settings</c>) where a region is needed and none is named.</summary>
    public string Host(string site, string? region)
    {
        var host = site == "international" ? International ?? China : China;
        if (!host.Contains("{region}", StringComparison.Ordinal))
            return host;
        if (region is null)
            throw new Permanent(FindingCodes.TargetSettings.Code, "region: neither the target nor its account names one.");
        if (Word == "slb" && Central.Contains(region))
            return "slb.aliyuncs.com";
        // All of the mainland is served from one place.
        var place = Word == "vod" && region.StartsWith("cn-", StringComparison.Ordinal) ? "cn-shanghai" : region;
        return host.Replace("{region}", place, StringComparison.Ordinal);
    }
}
