using System.ComponentModel;
using Certrelay.App.Http;
using Certrelay.Watch.Alerts;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.App.Triggers;

/// <summary>Which channel a test message goes through.</summary>
public sealed record AlertTest(string Channel);

/// <summary>Why it is enough for now that somebody knows of an alert.</summary>
public sealed record AlertAcknowledgement(string? Reason = null);

/// <summary>Who has taken an alert on.</summary>
public sealed record AcknowledgementView(string By, DateTimeOffset At, string Reason);

/// <summary>What a channel has taken.</summary>
public sealed record AlertTestView(string Channel, string Notice);

/// <summary>An alert and how its owner was told.</summary>
public sealed record AlertView
{
    public required string Id { get; init; }

    public required string Kind { get; init; }

    /// <summary>The certificate, target, timer or queue that it is about.</summary>
    public required string Subject { get; init; }

    public required AlertLevel Level { get; init; }

    /// <summary>The number of the level within its kind.</summary>
    public required int Ordinal { get; init; }

    public string? Owner { get; init; }

    public required IReadOnlyList<string> Endpoints { get; init; }

    public required string Cause { get; init; }

    public required string NextStep { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>When its cause was gone; absent while it is open.</summary>
    public DateTimeOffset? Resolved { get; init; }

    /// <summary>Who has taken it on; absent while nobody has.</summary>
    public AcknowledgementView? Acknowledged { get; init; }

    /// <summary>The message that tells of it.</summary>
    public required string Notice { get; init; }

    /// <summary>Empty while more may join the message, and where no channel is set up.</summary>
    public required IReadOnlyList<DeliveryView> Deliveries { get; init; }

    public static AlertView Of(ListedAlert alert) => new()
    {
        Id = alert.Record.Alert.Id,
        Kind = alert.Record.Alert.Kind,
        Subject = alert.Record.Alert.Subject,
        Level = alert.Record.Alert.Level,
        Ordinal = alert.Record.Alert.Ordinal,
        Owner = alert.Record.Alert.Owner,
        Endpoints = alert.Record.Alert.Endpoints,
        Cause = alert.Record.Alert.Cause,
        NextStep = alert.Record.Alert.NextStep,
        At = alert.Record.Alert.At,
        Resolved = alert.Record.Resolved,
        Acknowledged = alert.Record.Acknowledged is { } known ? new AcknowledgementView(known.By, known.At, known.Reason) : null,
        Notice = alert.Record.Notice,
        Deliveries = [.. alert.Deliveries.Select(DeliveryView.Of)],
    };
}

/// <summary>Where a message stands with one channel.</summary>
public sealed record DeliveryView(
    string Channel, DeliveryState State, int Attempts, DateTimeOffset? Next, string? Code, string? Message, DateTimeOffset? Settled)
{
    public static DeliveryView Of(DeliveryRecord delivery) =>
        new(delivery.Channel, delivery.State, delivery.Attempts, delivery.Moment, delivery.Code, delivery.Message, delivery.Settled);
}

/// <summary>Alerts: list, look at, and try the channels.</summary>
public sealed class Alerts(AlertRecords alerts, ChannelTest test)
{
    [Function("ListAlerts"), Requires(Permission.Read), Paged, Answers(200, typeof(PageOf<AlertView>))]
    [Query("owner", "Only those of this owner."), Query("kind", "Only those of this kind, such as rollout.failed.")]
    [Query("acknowledged", "Only those that somebody has taken on, or that nobody has.", Type = typeof(bool))]
    [Query("state", "open or resolved."), Query("delivery", "Only those of which a message is pending, sent or failed.")]
    [Description("Lists the alerts by message, the newest message first.")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/alerts")] HttpRequest request, CancellationToken cancellationToken)
    {
        var (page, caller, owner, kind) = (request.Page, request.Caller, request.Text("owner"), request.Text("kind"));
        var (state, delivery) = (request.OneOf("state", "open", "resolved"), request.OneOf("delivery", "pending", "sent", "failed"));
        var acknowledged = request.Flag("acknowledged");
        var after = page.After is null ? null : AlertPlace.Parse(page.After) ?? throw QueryValues.Invalid(PageRequest.AfterName, "is not the next of a page");
        return Answer.Page(await alerts.ListAsync(after, cancellationToken)
            .Where(alert => caller.MaySee(alert.Record.Alert.Subject)
                && (owner is null || alert.Record.Alert.Owner == owner)
                && (kind is null || alert.Record.Alert.Kind == kind)
                && (acknowledged is null || acknowledged == alert.Record.Acknowledged is not null)
                && (state is null || state == "open" == alert.Record.Resolved is null)
                && (delivery is null || alert.Deliveries.Any(one => one.State.ToString().Equals(delivery, StringComparison.OrdinalIgnoreCase))))
            .ToPageAsync(page, static alert => AlertPlace.Of(alert).ToString(), AlertView.Of, cancellationToken));
    }

    [Function("GetAlert"), Requires(Permission.Read), Answers(200, typeof(AlertView), ETag = true)]
    [Description("Shows an alert and where its message stands with each channel.")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/alerts/{id}")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var view = AlertView.Of(await FindAsync(request, id, cancellationToken));
        return Answer.OkByContent(view);
    }

    [Function("AcknowledgeAlert"), Requires(Permission.Alerts), Audited("alert.acknowledge", Subject = "alert/{id}", Reason = true)]
    [Takes(typeof(AlertAcknowledgement)), Answers(200, typeof(AlertView))]
    [Description("Notes that the caller knows of an alert: until its cause is gone it is not told again at this level. The first who says so counts.")]
    public async Task<IResult> AcknowledgeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/alerts/{id}/acknowledge")] HttpRequest request, string id, CancellationToken cancellationToken)
    {
        request.JsonOrNull<AlertAcknowledgement>();
        var alert = await FindAsync(request, id, cancellationToken);
        return Answer.Ok(AlertView.Of(await alerts.AcknowledgeAsync(id, request.Caller.Id, request.Reason!, cancellationToken) ?? alert));
    }

    [Function("TestAlert"), Requires(Permission.Alerts), Audited("alert.test"), Takes(typeof(AlertTest)), Answers(200, typeof(AlertTestView))]
    [Description("Sends a test message through a channel now, once; 200 when the other side has taken it.")]
    public async Task<IResult> TestAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/alerts/test")] HttpRequest request, CancellationToken cancellationToken)
    {
        var wanted = request.Json<AlertTest>();
        request.Caller.DemandEverything();
        if (!test.Knows(wanted.Channel))
            throw new ProblemException(ProblemCodes.ResourceUnknown, "The settings name no such channel.");
        request.Concerns($"channel/{wanted.Channel}");
        try
        {
            return Answer.Ok(new AlertTestView(wanted.Channel, await test.SendAsync(wanted.Channel, request.Caller.Id, cancellationToken)));
        }
        catch (Transient fault)
        {
            throw new ProblemException(ProblemCodes.OutsideUnavailable, $"{fault.Code}: {fault.Message}") { RetryAfter = fault.RetryAfter };
        }
        catch (Permanent fault)
        {
            throw new ProblemException(ProblemCodes.OutsideRefused, $"{fault.Code}: {fault.Message}");
        }
    }

    private async Task<ListedAlert> FindAsync(HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var alert = await alerts.ReadAsync(id, cancellationToken) ?? throw new ProblemException(ProblemCodes.ResourceUnknown, $"There is no alert '{id}'.");
        request.Caller.Demand(alert.Record.Alert.Subject);
        return alert;
    }
}
