using Certrelay.Watch.Alerts;

namespace Certrelay.Tests.Alerts;

public sealed class AcknowledgementTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task What_comes_up_again_at_an_acknowledged_level_is_not_told_and_the_next_level_is()
    {
        await using var bench = new AlertBench(new AlertOptions());
        var first = Drift(bench, "1", AlertLevel.Warning);
        await bench.Alerts.RaiseAsync(first, None);
        Assert.True(await bench.Alerts.RaiseAsync(Drift(bench, "2", AlertLevel.Warning), None));

        await bench.Alerts.AcknowledgeAsync(first.Id, "ada", "known", None);

        Assert.False(await bench.Alerts.RaiseAsync(Drift(bench, "3", AlertLevel.Warning), None));
        Assert.False(await bench.Alerts.RaiseAsync(Drift(bench, "3", AlertLevel.Notice), None));
        Assert.True(await bench.Alerts.RaiseAsync(Drift(bench, "3", AlertLevel.Critical), None));
        Assert.True(await bench.Alerts.RaiseAsync(Drift(bench, "3", AlertLevel.Warning, subject: "web-2"), None));
        Assert.Equal(4, (await bench.ListAsync()).Count);
    }

    [Fact]
    public async Task It_ends_with_the_cause()
    {
        await using var bench = new AlertBench(new AlertOptions());
        var alert = Drift(bench, "1", AlertLevel.Warning);
        await bench.Alerts.RaiseAsync(alert, None);
        await bench.Alerts.AcknowledgeAsync(alert.Id, "ada", "known", None);

        await bench.Alerts.ResolveAsync(AlertKinds.TargetDrift, "web-1", None);

        Assert.True(await bench.Alerts.RaiseAsync(Drift(bench, "2", AlertLevel.Warning), None));
    }

    [Theory]
    [InlineData(AlertKinds.CertificateExpiring)]
    [InlineData(AlertKinds.CertificateRevoked)]
    [InlineData(AlertKinds.CertificateRefused)]
    [InlineData(AlertKinds.MessagePoison)]
    public async Task Another_version_or_message_is_told_whatever_was_acknowledged(string kind)
    {
        await using var bench = new AlertBench(new AlertOptions());
        var alert = bench.Alert("shop", kind: kind);
        await bench.Alerts.RaiseAsync(alert, None);
        await bench.Alerts.AcknowledgeAsync(alert.Id, "ada", "known", None);

        Assert.True(await bench.Alerts.RaiseAsync(bench.Alert("shop", kind: kind, generation: "2"), None));
    }

    [Theory]
    [InlineData(AlertKinds.MessagePoison, true)]
    [InlineData(AlertKinds.CertificateExpiring, false)]
    [InlineData(AlertKinds.RolloutFailed, false)]
    public async Task A_given_up_message_is_over_once_somebody_knows_of_it_and_what_is_watched_is_not(string kind, bool over)
    {
        await using var bench = new AlertBench(new AlertOptions());
        var alert = bench.Alert("deploy", kind: kind);
        await bench.Alerts.RaiseAsync(alert, None);

        var known = await bench.Alerts.AcknowledgeAsync(alert.Id, "ada", "seen", None);

        Assert.Equal(over ? known!.Record.Acknowledged!.At : null, known!.Record.Resolved);
    }

    [Fact]
    public async Task The_first_who_takes_an_alert_on_counts()
    {
        await using var bench = new AlertBench(new AlertOptions());
        var alert = bench.Alert("shop");
        await bench.Alerts.RaiseAsync(alert, None);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => bench.Alerts.AcknowledgeAsync(alert.Id, $"caller-{i}", "known", None)));
        var first = (await bench.Alerts.ReadAsync(alert.Id, None))!.Record.Acknowledged!;
        var again = await bench.Alerts.AcknowledgeAsync(alert.Id, "bob", "me too", None);

        Assert.Equal((first, "known"), (again!.Record.Acknowledged, first.Reason));
        Assert.Null(await bench.Alerts.AcknowledgeAsync(bench.Alert("none").Id, "bob", "known", None));
    }

    private static Alert Drift(AlertBench bench, string generation, AlertLevel level, string subject = "web-1") =>
        bench.Alert(subject, level, kind: AlertKinds.TargetDrift, generation: generation);
}
