using System.Collections.Concurrent;
using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Targets;
using Certrelay.Targets.Calls;

namespace Certrelay.Watch.Discovery;

/// <summary>A binding that was found, and the kind of target for it.</summary>
public sealed record SurveyedBinding(TargetKind Kind, FoundBinding Found);

/// <summary>What an account showed.</summary>
/// <param name="Failures">The kinds that could not be looked through to the end; the scope of each finding is the kind.</param>
/// <param name="Remaining">The kinds that there was no time for.</param>
public sealed record Surveyed(IReadOnlyList<SurveyedBinding> Bindings, IReadOnlyList<Finding> Failures, IReadOnlyList<string> Remaining);

/// <summary>Looks through an account for certificates that are bound there already, kinds side by side within a bounded time; only reads.</summary>
public sealed class AccountSurvey(CloudSessions sessions, DiscoverOptions options, IServiceProvider services, TimeProvider time)
{
    private const int AtOnce = 4;

    /// <summary>The kinds of a vendor that can be looked for.</summary>
    public static IEnumerable<TargetKind> KindsOf(CloudVendor vendor) => DeployTargets.All.Where(kind => kind.Cloud is { Survey: not null } cloud && cloud.Vendor == vendor);

    /// <summary>What is bound in a region (null: the account's own). What a vendor refuses is in the answer; throws <see cref="Transient"/> and <see cref="Permanent"/> where vault or records fail.</summary>
    public async Task<Surveyed> RunAsync(AccountRecord account, string? region, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(options.Limit, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var (found, failures, remaining) = (new ConcurrentBag<SurveyedBinding>(), new ConcurrentBag<Finding>(), new ConcurrentBag<string>());
        await Parallel.ForEachAsync(KindsOf(account.Vendor), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (kind, _) =>
        {
            try
            {
                using var session = await sessions.OpenAsync(account.Name, kind.Cloud! with { Actions = kind.Cloud.Survey!.Actions }, plan: null, end.Token);
                await foreach (var binding in kind.Cloud.Survey.FindAsync(new TargetContext(services) { Cloud = session }, region, end.Token))
                    found.Add(new SurveyedBinding(kind, binding));
            }
            catch (Failure fault) when (FindingCodes.Knows(fault))
            {
                failures.Add(FindingCodes.Of(fault, kind.Name));
            }
            catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                remaining.Add(kind.Name);
            }
        });
        return new Surveyed(
            [.. found.OrderBy(static one => one.Kind.Name, StringComparer.Ordinal).ThenBy(static one => one.Found.Place, StringComparer.Ordinal).ThenBy(static one => one.Found.Bound, StringComparer.Ordinal)],
            [.. failures.OrderBy(static one => one.Scope, StringComparer.Ordinal)],
            [.. remaining.Order(StringComparer.Ordinal)]);
    }
}
