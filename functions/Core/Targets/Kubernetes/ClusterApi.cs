using System.Text.Json.Serialization.Metadata;
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
        catch (Permanent fault) when (fault.Code == Certificates.FindingCodes.CloudNotFound.Code)
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

    /// <summary>Changes single values of an object where its tests hold (RFC 6902).</summary>
    public async Task PatchAsync(CloudAction action, IReadOnlyList<string> path, IReadOnlyList<PatchStep> steps, string resource, CloudWrite write, CancellationToken cancellationToken)
    {
        var content = CloudContent.Json("application/json-patch+json", steps, ClusterJson.Default.IReadOnlyListPatchStep);
        using var answer = await SendAsync(action, "PATCH", path, [new("fieldManager", Manager)], content, resource, write, cancellationToken);
    }

    /// <summary>Deletes an object if it still is the one that was read.</summary>
    public async Task DeleteAsync(CloudAction action, IReadOnlyList<string> path, string uid, string resource, CloudWrite write, CancellationToken cancellationToken)
    {
        var options = new CloudContent("application/json", System.Text.Encoding.UTF8.GetBytes($$$"""{"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"{{{uid}}}"}}"""));
        using var answer = await SendAsync(action, "DELETE", path, [], options, resource, write, cancellationToken);
    }

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
