using System.Text.Json;
using Certrelay.Certificates;
using Certrelay.Outgoing;
using Certrelay.Records;
using Certrelay.Records.Lists;
using Certrelay.Tests.Api;

namespace Certrelay.Tests.Lists;

/// <summary>Certificates and targets as records, with their rows in the lists: thousands a second, where an upload takes milliseconds.</summary>
internal static class ListSeed
{
    public static LineageRecord Certificate(string name, DateTimeOffset notAfter, params string[] names) => new()
    {
        Name = name,
        Owner = "web team",
        Tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["env"] = "prod" },
        Current = 1,
        Last = 1,
        Created = notAfter.AddDays(-90),
        Updated = notAfter.AddDays(-90),
        Leaf = new CurrentLeaf(
            Fingerprint.Of(System.Text.Encoding.ASCII.GetBytes(name)), names, notAfter.AddDays(-90), notAfter, Fingerprint.Of([1]).Hex, HasKey: false),
    };

    public static TargetRecord Target(string name, string? certificate = null) => new()
    {
        Name = name,
        Kind = "endpoint-only",
        Settings = JsonElement.Parse("{}"),
        Certificate = certificate,
        Endpoints = [new Endpoint("www.example.test", 443)],
        Owner = "web team",
        Tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["env"] = "prod" },
        Created = DateTimeOffset.UnixEpoch,
        Updated = DateTimeOffset.UnixEpoch,
    };

    public static async Task PutAsync(this ApiServer server, LineageRecord lineage)
    {
        var change = await server.Get<ListIndex>().BeginAsync(null, lineage, default);
        await server.Get<IRecordStore>().InsertAsync(LineageRecord.Key(lineage.Name), lineage, default);
        await change.EndAsync(default);
    }

    public static async Task PutAsync(this ApiServer server, TargetRecord target)
    {
        if (target.Certificate is { } certificate)
            await server.Get<CertificateIndex>().UseAsync(certificate, target.Name, default);
        var change = await server.Get<ListIndex>().BeginAsync(null, target, default);
        await server.Get<IRecordStore>().WriteAsync(
            [
                new RecordChange.Insert(TargetRecord.Key(target.Name), target.ToBody()),
                new RecordChange.Insert(TargetStateRecord.Key(target.Name), new TargetStateRecord().ToBody()),
            ], default);
        await change.EndAsync(default);
    }

    /// <summary>Writes what a rollout would write of a target: which version of its certificate it shall serve, and which was seen there.</summary>
    public static async Task DesireAsync(this ApiServer server, string target, int desired, int? bound)
    {
        var store = server.Get<IRecordStore>();
        var certificate = (await store.ReadAsync<TargetRecord>(TargetRecord.Key(target), default))!.Value.Certificate!;
        var state = (await store.ReadAsync<TargetStateRecord>(TargetStateRecord.Key(target), default))!;
        await store.ReplaceAsync(
            state, state.Value with { Desired = Version(desired), Binding = bound is { } sequence ? Version(sequence) : null }, default);

        VersionId Version(int sequence) => new(certificate, sequence, Fingerprint.Of([(byte)sequence]));
    }
}
