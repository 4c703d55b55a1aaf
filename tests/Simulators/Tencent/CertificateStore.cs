using System.Globalization;
using System.Text.Json.Nodes;

namespace Certrelay.Simulators.Tencent;

/// <summary>Tencent SSL, API 2019-12-05: the certificates of an account, and what each is used by.</summary>
internal sealed class CertificateStore(TencentWorld world)
{
    private readonly Dictionary<string, DeleteTask> _tasks = new(StringComparer.Ordinal);

    // Which certificate, how it ended (the vendor's number), and from when that is told.
    private sealed record DeleteTask(string CertificateId, int Status, string Error, DateTimeOffset End);

    /// <summary>The most certificates that it takes.</summary>
    public int Quota { get; set; } = int.MaxValue;

    /// <summary>False: the account has not allowed the store to look at its resources, which checked deletion needs.</summary>
    public bool ServiceRole { get; set; } = true;

    public IEnumerable<TencentAction> Actions =>
    [
        new("ssl.UploadCertificate",
            "CertificatePublicKey:text! CertificatePrivateKey:text CertificateType:text Alias:text ProjectId:number CertificateUse:text Tags:list Repeatable:flag KeyPassword:text",
            "Alias", Upload) { Writes = true },
        new("ssl.DescribeCertificates",
            "Offset:number Limit:number SearchKey:text CertificateType:text ProjectId:number ExpirationSort:text CertificateStatus:list"
            + " Deployable:number Upload:number FilterSource:text IsSM:number CertIds:list",
            "SearchKey", List),
        new("ssl.DescribeCertificateDetail", "CertificateId:text!", "CertificateId", call => Find(call.Text("CertificateId")).Detail(world.Now)),
        new("ssl.DescribeDeployedResources", "CertificateIds:list! ResourceType:text!", "ResourceType", DeployedResources),
        new("ssl.DeleteCertificate", "CertificateId:text! IsCheckResource:flag", "CertificateId", Delete) { Writes = true },
        new("ssl.DescribeDeleteCertificatesTaskResult", "TaskIds:list!", "", TaskResult),
    ];

    /// <summary>Puts a certificate there as the console does; the id is drawn unless given.</summary>
    public TencentCertificate Add(string publicKey, string privateKey, string alias, string? id = null, int projectId = 0, JsonNode? tags = null)
    {
        var added = new TencentCertificate(
            id ?? Guid.NewGuid().ToString("N")[..8], alias, StoredCertificate.Read(publicKey, null, privateKey), publicKey, privateKey, projectId, tags?.DeepClone(), world.Now);
        world.Certificates.Add(added.Id, added);
        return added;
    }

    public TencentCertificate Find(string id) => world.Certificates.GetValueOrDefault(id)
        ?? throw new TencentFault("FailedOperation.CertificateNotFound", "The certificate does not exist.");

    public JsonObject Upload(TencentCall call)
    {
        if (call.TextOrNull("CertificateType") is { } type && type != "SVR")
            throw TencentFault.InvalidValue("CertificateType");
        var alias = call.TextOrNull("Alias") ?? "";
        if (alias.Length > 200)
            throw TencentFault.InvalidValue("Alias");
        var read = Read(call.Text("CertificatePublicKey"), call.Text("CertificatePrivateKey"));
        if (!call.Flag("Repeatable", otherwise: true) && world.Certificates.Values.FirstOrDefault(one => one.Certificate.Leaf.Thumbprint == read.Leaf.Thumbprint) is { } twin)
            return new JsonObject { ["CertificateId"] = "", ["RepeatCertId"] = twin.Id };
        if (world.Certificates.Count >= Quota)
            throw new TencentFault("LimitExceeded", "The account holds as many certificates as it may.");
        var added = Add(call.Text("CertificatePublicKey"), call.Text("CertificatePrivateKey"), alias, projectId: call.Number("ProjectId", 0), tags: call.Body["Tags"]);
        return new JsonObject { ["CertificateId"] = added.Id, ["RepeatCertId"] = "" };
    }

    private static StoredCertificate Read(string publicKey, string privateKey)
    {
        try
        {
            return StoredCertificate.Read(publicKey, null, privateKey);
        }
        catch (CertificateFaultException fault)
        {
            throw fault.Fault switch
            {
                CertificateFault.Mismatch => new TencentFault("FailedOperation.CertificateMismatch", "The certificate and the private key do not match."),
                CertificateFault.BadKey => new TencentFault("FailedOperation.CertificateParseError", "The private key could not be parsed."),
                _ => new TencentFault("FailedOperation.CertificateInvalid", "The certificate is invalid."),
            };
        }
    }

    private JsonObject List(TencentCall call)
    {
        var found = world.Certificates.Values.Where(one => Matches(one, call));
        found = call.TextOrNull("ExpirationSort") switch
        {
            "DESC" => found.OrderByDescending(static one => one.Certificate.Leaf.NotAfter),
            "ASC" => found.OrderBy(static one => one.Certificate.Leaf.NotAfter),
            null => found.OrderByDescending(static one => one.Added).ThenBy(static one => one.Id, StringComparer.Ordinal),
            _ => throw TencentFault.InvalidValue("ExpirationSort"),
        };
        var all = found.ToList();
        var page = all.Skip(call.Number("Offset", 0)).Take(Math.Min(call.Number("Limit", 10), 1000));
        return new JsonObject { ["TotalCount"] = all.Count, ["Certificates"] = new JsonArray([.. page.Select(one => one.Summary(world.Now))]) };
    }

    private bool Matches(TencentCertificate one, TencentCall call)
    {
        var ids = call.Texts("CertIds");
        var statuses = call.Body["CertificateStatus"] as JsonArray;
        return (call.TextOrNull("SearchKey") is not { } key || $"{one.Id}\n{one.Alias}\n{string.Join('\n', one.Certificate.Names)}".Contains(key, StringComparison.OrdinalIgnoreCase))
            && call.TextOrNull("CertificateType") is null or "SVR"
            && call.TextOrNull("FilterSource") is null or "upload"
            && call.Number("IsSM", 0) == 0
            && (ids.Count == 0 || ids.Contains(one.Id, StringComparer.Ordinal))
            && (statuses is null || statuses.Any(status => status!.GetValue<int>() == one.Summary(world.Now)["Status"]!.GetValue<int>()))
            && (call.Body["ProjectId"] is null || call.Number("ProjectId", 0) == one.ProjectId);
    }

    private JsonObject DeployedResources(TencentCall call)
    {
        var type = call.Text("ResourceType");
        if (type is not ("clb" or "cdn" or "live" or "vod" or "waf" or "antiddos" or "teo"))
            throw TencentFault.InvalidValue("ResourceType");
        return new JsonObject
        {
            ["DeployedResources"] = new JsonArray([.. call.Texts("CertificateIds").Select(id =>
            {
                var used = UsersOf(id).Where(one => one.Type == type).Select(static one => one.Listed).Distinct().ToList();
                return new JsonObject { ["CertificateId"] = id, ["Type"] = type, ["Count"] = used.Count, ["ResourceIds"] = null, ["Resources"] = TencentCall.List(used) };
            })]),
        };
    }

    private JsonObject Delete(TencentCall call)
    {
        var id = Find(call.Text("CertificateId")).Id;
        var used = UsersOf(id).Any();
        if (call.Flag("IsCheckResource", otherwise: false))
        {
            var (status, error) = (ServiceRole, used) switch
            {
                (false, _) => (3, "The service role is not authorized."),
                (_, true) => (4, "The certificate is used by cloud resources."),
                _ => (1, ""),
            };
            if (status == 1)
                world.Certificates.Remove(id);
            var task = Guid.NewGuid().ToString("N");
            _tasks[task] = new DeleteTask(id, status, error, world.Now + world.Pace.Settling);
            return new JsonObject { ["DeleteResult"] = true, ["TaskId"] = task };
        }

        if (used)
            throw new TencentFault("FailedOperation.DeleteResourceFailed", "The certificate is used by cloud resources and cannot be deleted.");
        world.Certificates.Remove(id);
        return new JsonObject { ["DeleteResult"] = true, ["TaskId"] = null };
    }

    private JsonObject TaskResult(TencentCall call) => new()
    {
        ["DeleteTaskResult"] = new JsonArray([.. call.Texts("TaskIds").Where(_tasks.ContainsKey).Select(id =>
        {
            var task = _tasks[id];
            var over = world.Now >= task.End;
            return new JsonObject
            {
                ["TaskId"] = id,
                ["CertId"] = task.CertificateId,
                ["Status"] = over ? task.Status : 0,
                ["Error"] = over ? task.Error : "",
                ["CacheTime"] = world.Now.ToString("O", CultureInfo.InvariantCulture),
                ["Domains"] = new JsonArray(),
            };
        })]),
    };

    private IEnumerable<TencentResource> UsersOf(string id) => world.Resources.Where(one => one.Binding.CertificateId == id || one.Binding.Extra.Contains(id, StringComparer.Ordinal));
}
