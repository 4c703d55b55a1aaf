using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Alibaba;

/// <summary>Binds a certificate of the store to TCPSSL listeners of NLB.</summary>
/// <remarks>NLB API 2022-04-30: https://help.aliyun.com/zh/slb/network-load-balancer/developer-reference/api-nlb-2022-04-30-updatelistenerattribute</remarks>
internal sealed class AlibabaNlbTarget(AlibabaApi api, string region) : IListenerApi
{
    private const int Page = 50;

    public static TargetKind Kind { get; } = TargetKind.Of<AlibabaListenerSettings>("alibaba-nlb", "Alibaba Cloud NLB listeners (TCPSSL)", TimeSpan.FromMinutes(3), static (settings, context) =>
    {
        var api = new AlibabaApi(context.Cloud);
        var store = new CasStore(api);
        return new StoreBoundTarget(api, store, new Listeners(settings, new AlibabaNlbTarget(api, api.Region(settings.Region)), store, context.Names));
    }) with
    {
        Cloud = new CloudKind(
            CloudVendor.Alibaba,
            [
                .. AlibabaActions.Store, AlibabaActions.NlbGetListenerAttribute, AlibabaActions.NlbListListenerCertificates, AlibabaActions.NlbUpdateListenerAttribute,
                AlibabaActions.NlbAssociate, AlibabaActions.NlbDisassociate, AlibabaActions.NlbGetJobStatus,
            ],
            "CAS 2020-04-07, NLB 2022-04-30",
            new DateOnly(2026, 11, 22),
            "GetListenerAttribute until the listener is Running and names the certificate; where it names the former one, GetJobStatus tells whether the change failed.")
        {
            Check = CasStore.CheckAsync,
            Gaps = ["Update only: a listener without TLS gets its certificate in the console."],
        },
    };

    public async Task<ListenerReading> ReadAsync(string listener, bool further, CancellationToken cancellationToken)
    {
        var (status, main) = await api.CallAsync(
            AlibabaActions.NlbGetListenerAttribute, [new("RegionId", region), new("ListenerId", listener)],
            static answer => (answer.Text("ListenerStatus"), answer.Text("CertificateIds.0")), listener, cancellationToken, region);
        return new ListenerReading(status is not ("Running" or "Stopped"), main, further ? await FurtherAsync(listener, cancellationToken) : []);
    }

    public Task<string?> SetDefaultAsync(string listener, string identifier, string? replaces, CancellationToken cancellationToken) =>
        ChangeAsync(AlibabaActions.NlbUpdateListenerAttribute, "CertificateIds.1", listener, identifier, $"makes the certificate the one of {listener}", replaces, cancellationToken);

    public Task<string?> AddAsync(string listener, string identifier, CancellationToken cancellationToken) =>
        ChangeAsync(AlibabaActions.NlbAssociate, "AdditionalCertificateIds.1", listener, identifier, $"adds the certificate to those of {listener}", null, cancellationToken);

    public Task<string?> RemoveAsync(string listener, string identifier, CancellationToken cancellationToken) =>
        ChangeAsync(AlibabaActions.NlbDisassociate, "AdditionalCertificateIds.1", listener, identifier, $"takes {identifier} off {listener}", identifier, cancellationToken);

    public async Task<VendorJob> JobAsync(string job, CancellationToken cancellationToken)
    {
        try
        {
            return await api.CallAsync(
                AlibabaActions.NlbGetJobStatus, [new("JobId", job)],
                static answer => AlibabaFaults.JobOf(AlibabaActions.NlbGetJobStatus, answer.Text("Status"), answer.Text("ErrorCode"), answer.Text("ErrorMessage")), job, cancellationToken, region);
        }
        catch (Permanent fault) when (fault.Code == FindingCodes.CloudNotFound.Code)
        {
            return VendorJob.Done;
        }
    }

    private async Task<IReadOnlyList<string>> FurtherAsync(string listener, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        string? token = null;
        do
        {
            List<CloudField> fields = [new("RegionId", region), new("ListenerId", listener), new("CertType", "Server"), new("MaxResults", $"{Page}")];
            if (token is not null)
                fields.Add(new("NextToken", token));
            var (rows, next) = await api.CallAsync(
                AlibabaActions.NlbListListenerCertificates, fields,
                static answer => (answer.List("Certificates").Where(static row => row.Text("IsDefault") != "true").Select(static row => row.Text("CertificateId")).OfType<string>().ToList(), answer.Text("NextToken")),
                listener, cancellationToken, region);
            found.AddRange(rows);
            token = next;
        }
        while (token is { Length: > 0 });
        return found;
    }

    private Task<string?> ChangeAsync(CloudAction action, string name, string listener, string identifier, string what, string? replaces, CancellationToken cancellationToken) => api.CallAsync(
        action, (IReadOnlyList<CloudField>)[new("RegionId", region), new("ListenerId", listener), new(name, identifier), new("ClientToken", Guid.NewGuid().ToString())], static answer => answer.Text("JobId"),
        listener, cancellationToken, region, AlibabaApi.Write(what, replaces));
}
