using System.Text.Json;
using Certrelay.Certificates;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Alibaba;

/// <summary>Calls of Alibaba Cloud's APIs: RPC (action and version in headers, parameters in the query or a form) and ROA (a path), signature V3.</summary>
internal sealed class AlibabaApi(CloudSession session)
{
    public const string ChinaStore = "cn-hangzhou";

    public const string InternationalStore = "ap-southeast-1";

    public CloudSession Session => session;

    /// <summary>True when writes are recorded and not sent.</summary>
    public bool Plans => session.Plan is not null;

    /// <summary>True for an account of the international site.</summary>
    public bool IsInternational => session.Account.Site == "international";

    /// <summary>The region of the account's certificate store, which is part of every identifier of a certificate there.</summary>
    public string StoreRegion => IsInternational ? InternationalStore : ChinaStore;

    /// <summary>The region that a target names, or else its account; throws <see cref="Permanent"/> (<c>target.settings</c>) when neither does.</summary>
    public string Region(string? own) => own ?? session.Account.Region
        ?? throw new Permanent(FindingCodes.TargetSettings.Code, "region: neither the target nor its account names one.");

    /// <summary>Makes one RPC call and reads its answer, which is zeroed behind it; throws as <see cref="CloudSession.SendAsync"/> and for an answer without JSON.</summary>
    /// <param name="fields">The parameters, lists flattened: <c>Certificates.1.Id</c>.</param>
    /// <param name="region">The region of the resource, where the host has one.</param>
    /// <param name="write">What a plan tells; required for an action that writes.</param>
    public Task<T> CallAsync<T>(
        CloudAction action, IReadOnlyList<CloudField> fields, Func<JsonElement, T> read, string resource, CancellationToken cancellationToken, string? region = null, CloudWrite? write = null) =>
        AlibabaActions.TakesForm(action)
            ? SendAsync(action, AlibabaActions.MethodOf(action), [], [], CloudContent.Form(fields), read, resource, region, write, cancellationToken)
            : SendAsync(action, AlibabaActions.MethodOf(action), [], fields, null, read, resource, region, write, cancellationToken);

    /// <summary>As above with a form of its own, which the call zeroes.</summary>
    public Task<T> CallAsync<T>(
        CloudAction action, CloudContent form, Func<JsonElement, T> read, string resource, CancellationToken cancellationToken, string? region = null, CloudWrite? write = null) =>
        SendAsync(action, AlibabaActions.MethodOf(action), [], [], form, read, resource, region, write, cancellationToken);

    /// <summary>Makes one ROA call; a body is zeroed behind it.</summary>
    /// <param name="path">The decoded segments.</param>
    public Task<T> CallAsync<T>(
        CloudAction action, string method, IReadOnlyList<string> path, IReadOnlyList<CloudField> query, CloudContent? body, Func<JsonElement, T> read, string resource,
        CancellationToken cancellationToken, string? region = null, CloudWrite? write = null) =>
        SendAsync(action, method, path, query, body, read, resource, region, write, cancellationToken);

    /// <summary>A write whose answer tells nothing.</summary>
    public static CloudWrite Write(string what, string? replaces) => new(what, replaces, static () => CloudAnswer.Of(200, """{"RequestId":"planned-request"}"""));

    /// <summary>For calls whose answer is of no interest.</summary>
    public static bool Nothing(JsonElement answer) => answer.ValueKind == JsonValueKind.Object;

    private async Task<T> SendAsync<T>(
        CloudAction action, string method, IReadOnlyList<string> path, IReadOnlyList<CloudField> query, CloudContent? content, Func<JsonElement, T> read, string resource,
        string? region, CloudWrite? write, CancellationToken cancellationToken)
    {
        var service = AlibabaService.Of(action.Service);
        using var call = new CloudCall
        {
            Action = action,
            Resource = resource,
            Write = write,
            Request = new CloudRequest
            {
                Method = method,
                Endpoint = session.Endpoint(service.Host(session.Account.Site, region)),
                Path = path,
                Query = query,
                Headers = [new("x-acs-action", action.Name), new("x-acs-version", service.Version)],
                Content = content,
            },
            Sign = static (request, credentials, now) => Acs3Signer.Sign(request, credentials, now, Guid.NewGuid().ToString("N")),
            Judge = AlibabaFaults.Judge,
        };
        using var answer = await session.SendAsync(call, cancellationToken);
        try
        {
            using var document = JsonDocument.Parse(answer.Body.IsEmpty ? "{}"u8.ToArray() : answer.Body);
            return read(document.RootElement);
        }
        catch (JsonException fault)
        {
            throw CloudAnswer.Unreadable(fault.Path ?? "$");
        }
    }
}
