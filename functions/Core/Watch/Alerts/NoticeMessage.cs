using System.Globalization;
using System.Text;

namespace Certrelay.Watch.Alerts;

/// <summary>What a channel has to bring: all alerts of one notice, the most urgent first. The same notice makes the same message each time.</summary>
public sealed record NoticeMessage
{
    private NoticeMessage(string id, string? owner, DateTimeOffset at, IReadOnlyList<Alert> alerts) =>
        (Id, Owner, At, Alerts) = (id, owner, at, alerts);

    /// <summary>The notice's id: the same when it is sent again.</summary>
    public string Id { get; }

    public string? Owner { get; }

    /// <summary>When the notice was closed.</summary>
    public DateTimeOffset At { get; }

    public IReadOnlyList<Alert> Alerts { get; }

    public AlertLevel Level => Alerts.Max(static alert => alert.Level);

    /// <summary>A message of one alert or more.</summary>
    public static NoticeMessage Of(string id, string? owner, DateTimeOffset at, IEnumerable<Alert> alerts) => new(
        id, owner, at,
        [
            .. alerts.OrderByDescending(static alert => alert.Level)
                .ThenBy(static alert => alert.Kind, StringComparer.Ordinal)
                .ThenBy(static alert => alert.Subject, StringComparer.Ordinal)
                .ThenBy(static alert => alert.Id, StringComparer.Ordinal),
        ]);

    /// <summary>One line for people: <c>[critical] shop: certificate.expiring</c>.</summary>
    public string Title
    {
        get
        {
            var what = Alerts is [var one] ? $"{one.Subject}: {one.Kind}" : $"{Alerts.Count.ToString(CultureInfo.InvariantCulture)} alerts";
            return $"[{Word(Level)}] {what}{(Owner is null ? "" : $" ({Owner})")}";
        }
    }

    /// <summary>The title cut to 200 characters, for places that count.</summary>
    public string ShortTitle => Title.Length <= 200 ? Title : Title[..199] + "…";

    /// <summary>The alerts as plain text of at most <paramref name="mostBytes"/> in UTF-8; those that find no room are counted.</summary>
    public string Text(int mostBytes)
    {
        var text = new StringBuilder();
        var bytes = 0;
        foreach (var (index, alert) in Alerts.Index())
        {
            var part = (index == 0 ? "" : "\n\n") + Describe(alert);
            var rest = index == Alerts.Count - 1 ? "" : Left(Alerts.Count - index - 1);
            if (bytes + Encoding.UTF8.GetByteCount(part) + Encoding.UTF8.GetByteCount(rest) > mostBytes)
                return text.Append(Left(Alerts.Count - index)).ToString();
            text.Append(part);
            bytes += Encoding.UTF8.GetByteCount(part);
        }

        return text.ToString();
    }

    /// <summary>A level as the API writes it.</summary>
    public static string Word(AlertLevel level) => level.ToString().ToLowerInvariant();

    private static string Left(int count) => $"\n\nand {count.ToString(CultureInfo.InvariantCulture)} more: see GET /api/alerts.";

    private static string Describe(Alert alert)
    {
        var text = new StringBuilder($"{Word(alert.Level)} · {alert.Kind} · {alert.Subject}\n{alert.Cause}");
        if (alert.Owner is { } owner)
            text.Append($"\nOwner: {owner}");
        if (alert.Endpoints.Count > 0)
            text.Append("\nEndpoints: ").Append(string.Join(", ", alert.Endpoints.Take(MostEndpoints)));
        if (alert.Endpoints.Count > MostEndpoints)
            text.Append($" and {(alert.Endpoints.Count - MostEndpoints).ToString(CultureInfo.InvariantCulture)} more");
        return text.Append($"\nNext step: {alert.NextStep}").ToString();
    }

    // What a person reads at a glance; the webhook and the list have all of them.
    private const int MostEndpoints = 10;
}
