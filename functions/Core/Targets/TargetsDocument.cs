using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Certrelay.Targets.Calls;

namespace Certrelay.Targets;

/// <summary>The page on the kinds of targets, made from the kinds themselves.</summary>
public static class TargetsDocument
{
    /// <summary>The text of <c>docs/targets.md</c>.</summary>
    public static string Render()
    {
        var page = new StringBuilder();
        page.Append(Intro);
        page.Append("| kind | where | account | window |\n| --- | --- | --- | --- |\n");
        foreach (var kind in DeployTargets.All)
            page.Append($"| [`{kind.Name}`](#{kind.Name}) | {kind.Title} | {(kind.Cloud is { } cloud ? CloudOptions.Word(cloud.Vendor) : "none")} | {Time(kind.VerificationWindow)} |\n");
        foreach (var kind in DeployTargets.All)
            Append(page, kind);
        page.Append(Limits());
        page.Append(NotCovered);
        page.Append(Adding);
        return page.ToString();
    }

    private static void Append(StringBuilder page, TargetKind kind)
    {
        page.Append($"\n## {kind.Name}\n\n{kind.Title}. Keys: {string.Join(", ", kind.KeyAlgorithms)}.\n");
        if (kind.Schema["properties"]?.AsObject() is { Count: > 0 } settings)
        {
            var required = kind.Schema["required"]?.AsArray().Select(static name => (string)name!).ToHashSet(StringComparer.Ordinal) ?? [];
            page.Append("\n| setting | | meaning |\n| --- | --- | --- |\n");
            foreach (var (name, setting) in settings)
                page.Append($"| `{name}` | {(required.Contains(name) ? "required" : Default(setting))} | {(string?)setting!["description"]} |\n");
        }

        if (kind.Cloud is not { } cloud)
            return;
        page.Append($"\n{cloud.Api}; held against the vendor's definitions on {cloud.Checked.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.\n{cloud.Proof} Then the handshake decides{(kind.KeyAlgorithms.Any(TargetKeys.IsSm2) ? ", but for SM2, which none shows" : "")}.\n");
        page.Append($"\nPermissions ([policy](../infra/policies/{CloudOptions.Word(cloud.Vendor)}/{kind.Name}.json)): {string.Join(", ", Permissions(cloud).Select(static permission => $"`{permission}`"))}.\n");
        if (ClusterPermissions(cloud) is { Count: > 0 } inCluster)
            page.Append($"In the cluster ([role](../infra/policies/{CloudOptions.Word(cloud.Vendor)}/{kind.Name}.rbac.json), for `kubectl apply -f`): {string.Join(", ", inCluster.Select(static permission => $"`{permission}`"))}.\n");
        page.Append(cloud.Survey is null ? "An account is not looked through for it.\n" : "`POST /api/accounts/{name}/discover` finds what is bound already.\n");
        if (cloud.Actions.Where(static action => action.Metered).ToList() is { Count: > 0 } metered)
            page.Append($"Charged, or counted against something bought: {string.Join(", ", metered.Select(static action => $"`{action}`"))}.\n");
        if (cloud.InPlace)
            page.Append("The certificate's id stays and its content is replaced: refused (`target.in-place`) unless what is bound now is one of our versions.\n");
        if (cloud.Gaps.Count > 0)
            page.Append($"\nNot done, and what to do:\n\n{string.Concat(cloud.Gaps.Select(static gap => $"- {gap}\n"))}");
    }

    /// <summary>What a policy has to allow for a kind, each once.</summary>
    public static IReadOnlyList<string> Permissions(CloudKind cloud) => Permissions(cloud.Actions.Where(static action => !action.InCluster));

    /// <summary>What a role inside the cluster has to allow for a kind, each once; none for a kind that calls no cluster.</summary>
    public static IReadOnlyList<string> ClusterPermissions(CloudKind cloud) => Permissions(cloud.Actions.Where(static action => action.InCluster));

    /// <summary>What a policy has to allow for actions, each once.</summary>
    public static IReadOnlyList<string> Permissions(IEnumerable<CloudAction> actions) =>
        [.. actions.Select(static action => action.Permission).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static string Limits()
    {
        var text = new StringBuilder("\n## How often vendors are called\n\nNever more often than this, by account; `Clouds:Limits` sets other figures. Every other action: 10 in 1 s, our own careful choice.\n\n| action | calls | source |\n| --- | --- | --- |\n");
        foreach (var (action, (limit, source)) in CloudLimits.All.OrderBy(static row => row.Key, StringComparer.Ordinal))
            text.Append($"| `{action}` | {limit.Calls} in {limit.Per.TotalSeconds:0} s | {source} |\n");
        return text.ToString();
    }

    private static string Default(JsonNode? setting) => setting?["default"] is { } value ? $"`{value.ToJsonString()}`" : "";

    private static string Time(TimeSpan window) => window.TotalHours >= 2 ? $"{window.TotalHours:0} h" : window.TotalMinutes >= 1 ? $"{window.TotalMinutes:0} min" : $"{window.TotalSeconds:0} s";

    private const string Intro = """
        # Targets

        A target is one place that terminates TLS. `GET /api/target-kinds` lists the kinds, `GET /api/target-kinds/{kind}` gives the JSON schema of the settings.
        This page is generated from the kinds.

        A rollout reads a target first, looks for an upload with the same fingerprint, uploads and binds only what is missing, and then makes handshakes with
        every address of the target's endpoints: within the window they must show the new leaf, else what was bound before comes back. `POST /api/plan` shows every
        write beforehand. Uploads are named `certrelay-<certificate>-<8 of fingerprint>`; only those, and only unused ones, are ever removed from a vendor's store.

        A kind of a vendor names an account ([accounts.md](accounts.md)); `POST /api/accounts/{name}/check` says which kinds it may read for.
        `POST /api/accounts/{name}/discover` looks through an account for certificates that are bound already and proposes the targets for them; it needs the
        policy `discover.json` of the vendor beside those of the kinds, and `POST /api/discover/accept` stores what you take of the proposal.


        """;

    private const string NotCovered = """

        ## Not covered

        Whatever a kind above names under "not done", and every product without a kind of its own. By hand: `GET /api/certificates/{name}` shows the version, its leaf and
        chain; bind the same files in the vendor's console with the key that you hold, register the place as `endpoint-only`, and its expiry, drift and proof are watched
        like any other.

        ## By hand

        Some places take a certificate in their console only: Website Builder, Enterprise Website Builder, what the console of Simple Application Server pushes, and WAF 2.0.
        Each is a target of the kind `alibaba-by-hand`, with the endpoint where it shows. A plan lists the file to download and the steps. A rollout writes nothing there: its
        step waits as `partial` with `target.by-hand`, whoever looks after the target is told the steps, and it turns `verified` by itself once the endpoints show the new leaf
        (they are looked at for 24 hours; `POST /api/rollouts/{id}/retry` begins again). Without an endpoint the step is `blocked`, because nobody could tell when it is done.

        """;

    private const string Adding = """

        ## Adding a target

        One file, one line, one policy, one test.

        1. `functions/Core/Targets/<Vendor>/<Vendor><Product>Target.cs`: a settings record (`ICloudSettings` when it needs an account; each property with a `Description`),
           a class that implements `IDeployTarget` (read, deploy, restore, retire) and its static `Kind`. Calls go through the vendor's API class, which signs them and
           reads failures. Never wait: a job that is not ready is `DeployResult.Pending`, and the runner comes back.
        2. A line in `DeployTargets.cs`; the form, this page, the plan, the account's check and the API follow from it.
        3. `infra/policies/<vendor>/<kind>.json` with exactly the permissions of the kind's actions; a call of an action that the kind does not list is not sent.
           `CloudKind.Survey`, where the vendor lists what is bound, makes existing bindings adoptable; its reads go into the vendor's `discover.json`.
        4. A line in `tests/Certrelay.Tests/Targets/Contract/ContractStands.cs`, which puts the kind through the suite that all kinds pass (seen by a handshake, the
           second time harmless, brought back, refused, throttled, cancelled, silent), and a test of what is its own.

        """;
}
