using System.Diagnostics;
using System.Text;
using Certrelay.Targets.Accounts;
using Certrelay.Targets.Signing;
using Certrelay.Vault;
using Microsoft.Extensions.Logging;

namespace Certrelay.Targets.Calls;

/// <summary>
/// One account opened for one piece of work: every call of a target goes through here, where it is held against the kind's list of actions, the account's
/// budget and circuit, then signed, sent and judged. In a plan writes are recorded instead. Disposal zeroes the credentials.
/// </summary>
[DebuggerDisplay("{Account}")]
public sealed partial class CloudSession : IDisposable
{
    private readonly IReadOnlyList<CloudAction> _allowed;
    private readonly CloudTransport _transport;
    private readonly AccountGate _gate;
    private readonly CloudOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<CloudSession> _logger;
    private readonly CloudCredentials _credentials;
    private readonly List<IDisposable> _kept = [];

    internal CloudSession(
        AccountCredentials account, IReadOnlyList<CloudAction> allowed, CloudPlan? plan, CloudUploads uploads,
        CloudTransport transport, AccountGate gate, CloudOptions options, TimeProvider time, ILogger<CloudSession> logger)
    {
        (Account, _allowed, Plan, Uploads, _transport, _gate, _options, _time, _logger) = (account, allowed, plan, uploads, transport, gate, options, time, logger);
        _credentials = new CloudCredentials(
            account.KeyId, new Secret(account.Secret.ToArray()), account.SessionToken is { } token ? Encoding.ASCII.GetString(token.Span) : null);
    }

    public AccountCredentials Account { get; }

    /// <summary>Where writes are recorded; null when they are sent.</summary>
    public CloudPlan? Plan { get; }

    /// <summary>What this product has put into the account's stores.</summary>
    public CloudUploads Uploads { get; }

    /// <summary>The base URL for one of the vendor's hosts, or the one that the host's settings put in its place.</summary>
    public Uri Endpoint(string host) => _options.Endpoints.TryGetValue(CloudOptions.Word(Account.Vendor), out var own) ? new Uri(own) : new Uri($"https://{host}");

    /// <summary>True when the host's settings place the private key of an action's calls in their body.</summary>
    public bool KeysInBody(CloudAction action) => _options.KeysInBody.Contains($"{CloudOptions.Word(Account.Vendor)}.{action.Id}", StringComparer.Ordinal);

    /// <summary>
    /// Makes one call, or records it; the caller disposes the answer. Throws <see cref="Transient"/> and <see cref="Permanent"/> with a code of the area
    /// <c>cloud</c>, and <see cref="InvalidOperationException"/> for an action that the kind does not list.
    /// </summary>
    public async Task<CloudAnswer> SendAsync(CloudCall call, CancellationToken cancellationToken)
    {
        if (!_allowed.Contains(call.Action))
            throw new InvalidOperationException($"The kind does not list the action {call.Action}, so its policy does not allow it.");
        if (call.Action.Writes && call.Write is null)
            throw new InvalidOperationException($"{call.Action} writes and does not say what.");
        if (Plan is { } plan && call.Write is { } write)
        {
            plan.Add(call);
            return write.Placeholder();
        }

        var pass = await _gate.EnterAsync(Account, call.Action, cancellationToken, call.Route?.Name ?? "");
        var signature = call.Sign(call.Request, _credentials, _time.GetUtcNow());
        var began = _time.GetTimestamp();
        CloudAnswer answer;
        try
        {
            answer = await (call.Route?.Transport ?? _transport).SendAsync(call.Request, signature, cancellationToken);
        }
        catch (Transient fault)
        {
            var waited = _time.GetElapsedTime(began);
            Log.Unanswered(_logger, call.Action.Id, waited);
            await NoteAsync(call.Action, pass, new CloudFault(CloudFaultKind.Unavailable, fault.Code, ""), cancellationToken);
            throw;
        }

        var refusal = call.Judge(answer);
        var elapsed = _time.GetElapsedTime(began);
        await NoteAsync(call.Action, pass, refusal, cancellationToken);
        if (refusal is null)
        {
            Log.Called(_logger, call.Action.Id, answer.Status, elapsed);
            return answer;
        }

        using (answer)
        {
            var code = VendorWords.Clean(refusal.Code);
            Log.Refused(_logger, call.Action.Id, answer.Status, refusal.Kind, code, elapsed);
            throw refusal.ToFailure(call.Action);
        }
    }

    public override string ToString() => Account.Name;

    /// <summary>Keeps what was opened for this piece of work, such as the way to a cluster; disposed with the session.</summary>
    internal T Keep<T>(T part)
        where T : IDisposable
    {
        _kept.Add(part);
        return part;
    }

    public void Dispose()
    {
        _kept.ForEach(static part => part.Dispose());
        _credentials.Dispose();
        Account.Dispose();
    }

    /// <summary>What the call means for the next ones of the account.</summary>
    private Task NoteAsync(CloudAction action, CircuitPass pass, CloudFault? fault, CancellationToken cancellationToken)
    {
        ProductMeter.CloudCalls.Add(
            1,
            new KeyValuePair<string, object?>("vendor", CloudOptions.Word(Account.Vendor)),
            new KeyValuePair<string, object?>("action", action.Id),
            new KeyValuePair<string, object?>("outcome", fault?.Kind.ToString() ?? "ok"));
        return fault?.Kind switch
        {
            CloudFaultKind.Unavailable => _gate.FailedAsync(Account, pass, cancellationToken),
            CloudFaultKind.Credentials => _gate.RefusedAsync(Account, cancellationToken),
            CloudFaultKind.Throttled => _gate.ThrottledAsync(Account, action, fault.RetryAfter ?? TimeSpan.FromSeconds(1), cancellationToken),
            _ => _gate.SucceededAsync(Account, pass, cancellationToken),
        };
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "{Action}: {Status} after {Elapsed}")]
        public static partial void Called(ILogger logger, string action, int status, TimeSpan elapsed);

        [LoggerMessage(Level = LogLevel.Information, Message = "{Action}: {Status}, {Kind} ({Code}) after {Elapsed}")]
        public static partial void Refused(ILogger logger, string action, int status, CloudFaultKind kind, string code, TimeSpan elapsed);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Action}: no answer after {Elapsed}")]
        public static partial void Unanswered(ILogger logger, string action, TimeSpan elapsed);
    }
}
