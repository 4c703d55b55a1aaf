using System.Text.Json.Serialization.Metadata;
using Certrelay.Certificates;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Kubernetes;

/// <summary>
/// Calls of a Kubernetes cluster's API, made through the account's session: reads, server-side apply (never forced), JSON patches and deletions. The way to the
/// cluster is opened at the first call.
/// </summary>
/// <param name="cluster">The cluster among all of an account.</param>
internal sealed class ClusterApi(CloudSession session, string cluster, Func<CancellationToken, Task<ClusterConnection>> openAsync)
{
    /// <summary>The name under which a cluster keeps what this product set.</summary>
    public const string Manager = "certrelay";

    private ClusterConnection? _connection;

    public CloudSession Session => session;

    public string Cluster => cluster;

    /// <summary>True when writes are recorded and not sent.</summary>
    public bool Plans => session.Plan is not null;

    /// <summary>Reads an object; throws as <see cref="CloudSession.SendAsync"/>.</summary>
    public async Task<T> GetAsync<T>(CloudAction action, IReadOnlyList<string> path, string resource, JsonTypeInfo<T> shape, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(action, "GET", path, [], null, resource, null, cancellationToken);
        return answer.Json(shape);
    }

    /// <summary>As above; null where there is none.</summary>
    public async Task<T?> FindAsync<T>(CloudAction action, IReadOnlyList<string> path, string resource, JsonTypeInfo<T> shape, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await GetAsync(action, path, resource, shape, cancellationToken);
        }
        catch (Permanent fault) when (fault.Code == FindingCodes.CloudNotFound.Code)
        {
            return null;
        }
    }

    /// <summary>Declares an object as JSON; throws <see cref="Permanent"/> (<c>cloud.conflict</c>) naming the manager whose field it would take.</summary>
    public async Task ApplyAsync(CloudAction action, IReadOnlyList<string> path, byte[] json, string resource, CloudWrite write, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(
            action, "PATCH", path, [new("fieldManager", Manager), new("force", "false")], new CloudContent("application/apply-patch+yaml", json), resource, write, cancellationToken);
    }

    /// <summary>
    /// Replaces one text of an object by a JSON patch (RFC 6902) that holds only for what was read; throws <see cref="Transient"/> (<c>cloud.busy</c>) when the object has
    /// changed since.
    /// </summary>
    /// <param name="version">The object's <c>resourceVersion</c> as read.</param>
    /// <param name="pointer">Where the text is (RFC 6901).</param>
    /// <param name="versionAsync">Reads the version anew.</param>
    public async Task ReplaceAsync(
        CloudAction action, IReadOnlyList<string> path, string version, string pointer, string from, string to, string resource, CloudWrite write,
        Func<CancellationToken, Task<string?>> versionAsync, CancellationToken cancellationToken)
    {
        IReadOnlyList<PatchStep> steps = [new("test", "/metadata/resourceVersion", version), new("test", pointer, from), new("replace", pointer, to)];
        var content = CloudContent.Json("application/json-patch+json", steps, ClusterJson.Default.IReadOnlyListPatchStep);
        try
        {
            using var answer = await SendAsync(action, "PATCH", path, [new("fieldManager", Manager)], content, resource, write, cancellationToken);
        }
        catch (Permanent fault) when (fault.Code == FindingCodes.CloudRefused.Code)
        {
            // A test that fails is told as any other invalid request (422).
            if (await versionAsync(cancellationToken) == version)
                throw;
            throw new Transient(FindingCodes.CloudBusy.Code, $"{resource} changed at this moment; it is read again.");
        }
    }

    /// <summary>Deletes an object if it still is the one that was read.</summary>
    public async Task DeleteAsync(CloudAction action, IReadOnlyList<string> path, string uid, string resource, CloudWrite write, CancellationToken cancellationToken)
    {
        var options = new CloudContent("application/json", System.Text.Encoding.UTF8.GetBytes($$$"""{"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"{{{uid}}}"}}"""));
        using var answer = await SendAsync(action, "DELETE", path, [], options, resource, write, cancellationToken);
    }

    /// <summary>What is said of a list that another manager declares.</summary>
    public static string Declared(string manager, string field, string of) =>
        $"The manager {manager} declares {field} of the {of} (server-side apply) and would set it back; it is not forced. "
        + $"Hand it over: apply the same {field} with --server-side --field-manager={Manager}, then take {field} out of what {manager} applies.";

    /// <summary>A write whose answer tells nothing.</summary>
    public static CloudWrite Write(string what, string? replaces) => new(what, replaces, static () => CloudAnswer.Of(200, "{}"));

    private async Task<CloudAnswer> SendAsync(
        CloudAction action, string method, IReadOnlyList<string> path, IReadOnlyList<CloudField> query, CloudContent? content, string resource, CloudWrite? write,
        CancellationToken cancellationToken)
    {
        try
        {
            _connection ??= session.Keep(await openAsync(cancellationToken));
        }
        catch
        {
            content?.Dispose();
            throw;
        }

        using var call = new CloudCall
        {
            Action = action,
            Resource = resource,
            Write = write,
            Route = _connection.Route,
            Request = new CloudRequest { Method = method, Endpoint = _connection.Server, Path = path, Query = query, Headers = [new("Accept", "application/json")], Content = content },
            Sign = (_, _, _) => _connection.Headers,
            Judge = ClusterFaults.Judge,
        };
        return await session.SendAsync(call, cancellationToken);
    }
}
