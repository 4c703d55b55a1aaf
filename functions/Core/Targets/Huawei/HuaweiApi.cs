using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Certrelay.Certificates;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;
using Microsoft.Extensions.DependencyInjection;

namespace Certrelay.Targets.Huawei;

/// <summary>Calls Huawei Cloud for its targets: hosts by site, the ids of project and account, the signature, and one reading of its errors.</summary>
/// <remarks>
/// https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-algorithm.html. An account of the site <c>europe</c> has hosts of its own (.eu), which are
/// not verified for CDN and the certificate store.
/// </remarks>
internal sealed partial class HuaweiApi(CloudSession session, HuaweiIds ids)
{
    /// <summary>For work without services, which asks for every id itself.</summary>
    public HuaweiApi(CloudSession session)
        : this(session, new HuaweiIds())
    {
    }

    /// <summary>For a target of this host, whose ids are asked for once.</summary>
    public static HuaweiApi Of(TargetContext context) => new(context.Cloud, context.Services.GetRequiredService<HuaweiIds>());

    /// <summary>A host of a site's cloud: <c>elb.cn-north-4.myhuaweicloud.com</c>.</summary>
    public static string HostOf(string site, string service, string? region) =>
        $"{service}.{(region is null ? "" : region + ".")}myhuaweicloud.{(site == "europe" ? "eu" : "com")}";

    /// <summary>True when writes are recorded and not sent.</summary>
    public bool Plans => session.Plan is not null;

    /// <summary>The account's name here.</summary>
    public string Account => session.Account.Name;

    public CloudUploads Uploads => session.Uploads;

    /// <summary>Where the account's certificate store is: one for all its regions.</summary>
    public string StoreRegion => RegionOfStore(session.Account.Site);

    /// <summary>The region of a target: its own, else the account's; throws <see cref="Permanent"/> (<c>target.settings</c>) without either.</summary>
    public string Region(string? own) => own ?? session.Account.Region
        ?? throw new Permanent(FindingCodes.TargetSettings.Code, $"Neither the target nor the account {session.Account.Name} names a region.");

    /// <summary>Where a check of an account reads that needs a region: its own, else that of the store.</summary>
    public static string CheckRegion(CloudSession session) => session.Account.Region ?? RegionOfStore(session.Account.Site);

    /// <summary>The header that names the account's project in a region; throws <see cref="Permanent"/> (<c>cloud.not-found</c>) where it has none.</summary>
    public async Task<CloudField> ProjectAsync(string region, CancellationToken cancellationToken) => new("X-Project-Id", await ids.GetAsync(Key(region), async () =>
    {
        var answer = await ReadAsync(
            new HuaweiCall(HuaweiActions.ListProjects, "GET", "iam", region, ["v3", "projects"]) { Query = [new("name", region)] }, IamJson.Default.ProjectList, cancellationToken);
        return answer.Projects is [{ Id: { } id }, ..]
            ? id
            : throw new Permanent(FindingCodes.CloudNotFound.Code, $"The account {session.Account.Name} has no project in {region}.");
    }));

    /// <summary>The header that names the account to services without regions.</summary>
    public async Task<CloudField> AccountAsync(CancellationToken cancellationToken) => new("X-Domain-Id", await ids.GetAsync(Key(""), async () =>
    {
        var answer = await ReadAsync(new HuaweiCall(HuaweiActions.ListAccounts, "GET", "iam", null, ["v3", "auth", "domains"]), IamJson.Default.AccountList, cancellationToken);
        return answer.Domains is [{ Id: { } id }, ..] ? id : throw CloudAnswer.Unreadable("$.domains");
    }));

    /// <summary>Makes one call and reads what it answers; throws as <see cref="CloudSession.SendAsync"/>.</summary>
    public async Task<T> ReadAsync<T>(HuaweiCall call, JsonTypeInfo<T> shape, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(call, cancellationToken);
        return answer.Json(shape);
    }

    /// <summary>Makes one call whose answer tells no more than that it succeeded.</summary>
    public async Task WriteAsync(HuaweiCall call, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(call, cancellationToken);
    }

    /// <summary>The id of an upload that the store still has: one that somebody has removed there is looked for and uploaded anew.</summary>
    public async Task<string> UploadAsync(ICertificateStore store, CertificateBundle certificate, Func<string, Task> show, CancellationToken cancellationToken)
    {
        var id = await Uploads.FindOrUploadAsync(store, certificate, cancellationToken);
        if (id.StartsWith(CloudPlan.PlaceholderId, StringComparison.Ordinal))
            return id;
        try
        {
            await show(id);
            return id;
        }
        catch (Permanent gone) when (gone.Code == FindingCodes.CloudNotFound.Code)
        {
            await Uploads.ForgetAsync(store, certificate, cancellationToken);
            return await Uploads.FindOrUploadAsync(store, certificate, cancellationToken);
        }
    }

    /// <summary>Removes a certificate from a store; false when something still uses it.</summary>
    public async Task<bool> RemoveAsync(HuaweiCall call, CancellationToken cancellationToken)
    {
        try
        {
            await WriteAsync(call, cancellationToken);
            return true;
        }
        catch (Permanent fault) when (fault.Code == FindingCodes.CloudInUse.Code)
        {
            return false;
        }
        catch (Permanent fault) when (fault.Code == FindingCodes.CloudNotFound.Code)
        {
            return true;
        }
    }

    private async Task<CloudAnswer> SendAsync(HuaweiCall call, CancellationToken cancellationToken)
    {
        using var signed = new CloudCall
        {
            Action = call.Action,
            Resource = call.Resource,
            Write = call.Write,
            Sign = SdkHmacSigner.Sign,
            Judge = answer => HuaweiErrors.Judge(call.Action, answer),
            Request = new CloudRequest
            {
                Method = call.Method,
                Endpoint = session.Endpoint(HostOf(session.Account.Site, call.Service, call.Region)),
                Path = call.Path,
                Query = call.Query,
                Headers = call.Scope is { } scope ? [scope] : [],
                Content = call.Content,
            },
        };
        return await session.SendAsync(signed, cancellationToken);
    }

    private static string RegionOfStore(string site) => site switch
    {
        "international" => "ap-southeast-1",
        "europe" => "eu-west-101",
        _ => "cn-north-4",
    };

    // Ids of the same key differ between the vendor and a simulator of it.
    private string Key(string region) => $"{session.Endpoint("iam").Authority}/{session.Account.KeyId}/{region}";

    private sealed record ProjectList(IReadOnlyList<Named>? Projects);

    private sealed record AccountList(IReadOnlyList<Named>? Domains);

    private sealed record Named(string? Id);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
    [JsonSerializable(typeof(ProjectList))]
    [JsonSerializable(typeof(AccountList))]
    private sealed partial class IamJson : JsonSerializerContext;
}
