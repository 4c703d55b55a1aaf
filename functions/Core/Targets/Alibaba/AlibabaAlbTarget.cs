using System.Text.Json;
using Certrelay.Records;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Alibaba;

/// <summary>Binds a certificate of the store to HTTPS and QUIC listeners of ALB.</summary>
/// <remarks>ALB API 2020-06-16: https://help.aliyun.com/zh/slb/application-load-balancer/developer-reference/api-alb-2020-06-16-updatelistenerattribute</remarks>
internal sealed class AlibabaAlbTarget(AlibabaApi api, string region) : IListenerApi
{
    private const int Page = 100;

    public static TargetKind Kind { get; } = TargetKind.Of<AlibabaListenerSettings>("alibaba-alb", "Alibaba Cloud ALB listeners", TimeSpan.FromMinutes(3), static (settings, context) =>
    {
        var api = new AlibabaApi(context.Cloud);
        var store = new CasStore(api);
        return new StoreBoundTarget(api, store, new Listeners(settings, new AlibabaAlbTarget(api, api.Region(settings.Region)), store, context.Names));
    }) with
    {
        Cloud = new CloudKind(
            CloudVendor.Alibaba,
            [
                .. AlibabaActions.Store, AlibabaActions.AlbGetListenerAttribute, AlibabaActions.AlbListListenerCertificates, AlibabaActions.AlbUpdateListenerAttribute,
                AlibabaActions.AlbAssociate, AlibabaActions.AlbDissociate, AlibabaActions.AlbListAsynJobs,
            ],
            "CAS 2020-04-07, ALB 2020-06-16",
            new DateOnly(2026, 11, 22),
            "GetListenerAttribute until the listener is Running, then ListListenerCertificates; where that shows nothing new, ListAsynJobs tells why.")
        {
            Check = CasStore.CheckAsync,
            Gaps =
            [
                "A listener that an ALB Ingress controller manages is set back by it: change its AlbConfig or its secret.",
                "An additional certificate cannot become the default one while it is attached: detach it in the console first.",
                "Update only: a listener without TLS gets its certificate in the console.",
            ],
        },
    };

    public async Task<ListenerReading> ReadAsync(string listener, bool further, CancellationToken cancellationToken)
    {
        var status = await api.CallAsync(
            AlibabaActions.AlbGetListenerAttribute, [new("ListenerId", listener)], static answer => answer.Text("ListenerStatus"), listener, cancellationToken, region);
        var settling = status is not ("Running" or "Stopped");
        string? main = null, token = null;
        var others = new List<string>();
        do
        {
            List<CloudField> fields = [new("ListenerId", listener), new("CertificateType", "Server"), new("MaxResults", $"{Page}")];
            if (token is not null)
                fields.Add(new("NextToken", token));
            var (rows, next) = await api.CallAsync(
                AlibabaActions.AlbListListenerCertificates, fields, static answer => (answer.List("Certificates").Select(Row).ToList(), answer.Text("NextToken")), listener, cancellationToken, region);
            foreach (var (id, isDefault, isSettled) in rows)
            {
                settling |= !isSettled;
                if (isDefault)
                    main = id;
                else
                    others.Add(id);
            }

            token = next;
        }
        while (token is { Length: > 0 });
        return new ListenerReading(settling, main, others);
    }

    public Task<string?> SetDefaultAsync(string listener, string identifier, string? replaces, CancellationToken cancellationToken) =>
        ChangeAsync(AlibabaActions.AlbUpdateListenerAttribute, listener, identifier, $"makes the certificate the default one of {listener}", replaces, cancellationToken);

    public Task<string?> AddAsync(string listener, string identifier, CancellationToken cancellationToken) =>
        ChangeAsync(AlibabaActions.AlbAssociate, listener, identifier, $"adds the certificate to those of {listener}", null, cancellationToken);

    public Task<string?> RemoveAsync(string listener, string identifier, CancellationToken cancellationToken) =>
        ChangeAsync(AlibabaActions.AlbDissociate, listener, identifier, $"takes {identifier} off {listener}", identifier, cancellationToken);

    public Task<VendorJob> JobAsync(string job, CancellationToken cancellationToken) => api.CallAsync(
        AlibabaActions.AlbListAsynJobs, [new("JobIds.1", job)],
        static answer => answer.List("Jobs").FirstOrDefault() is { ValueKind: JsonValueKind.Object } row
            ? AlibabaFaults.JobOf(AlibabaActions.AlbListAsynJobs, row.Text("Status"), row.Text("ErrorCode"), row.Text("ErrorMessage"))
            : VendorJob.Done,
        job, cancellationToken, region);

    private static (string Id, bool IsDefault, bool IsSettled) Row(JsonElement row) =>
        (row.Text("CertificateId") ?? throw CloudAnswer.Unreadable("CertificateId"), row.Text("IsDefault") == "true", row.Text("Status") is null or "Associated");

    private Task<string?> ChangeAsync(CloudAction action, string listener, string identifier, string what, string? replaces, CancellationToken cancellationToken) => api.CallAsync(
        action, [new("ListenerId", listener), new("Certificates.1.CertificateId", identifier), new("ClientToken", Guid.NewGuid().ToString())], static answer => answer.Text("JobId"), listener, cancellationToken, region,
        AlibabaApi.Write(what, replaces));
}
