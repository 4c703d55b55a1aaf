using System.Diagnostics;
using Certrelay.Targets.Local;

namespace Certrelay.Tests.Targets;

public sealed class CommandRunnerTests : IDisposable
{
    private readonly LocalHost _host = new();

    [Fact]
    public async Task Exit_code_and_both_outputs_are_told()
    {
        _host.Script("fail", "echo out; echo err >&2; exit 3");

        var result = await RunAsync("fail");

        Assert.Equal((CommandOutcome.Failed, 3), (result.Outcome, result.ExitCode));
        Assert.Equal(["err", "out"], result.Output.Split('\n').Order(StringComparer.Ordinal));
        Assert.StartsWith("fail ended with exit code 3: ", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_shell_reads_the_arguments()
    {
        _host.Command("echo", "echo", "$HOME", "*", ";", "a b");

        Assert.Equal("$HOME * ; a b", (await RunAsync("echo")).Output);
    }

    [Fact]
    public async Task Output_is_cut_to_its_last_four_kilobytes_without_control_characters()
    {
        _host.Script("loud", "i=0; while [ $i -lt 3000 ]; do echo \"line $i\"; i=$((i+1)); done; printf '\\033[31mlast\\007\\n'");

        var result = await RunAsync("loud");

        Assert.InRange(result.Output.Length, 4000, OutputTail.Size);
        Assert.EndsWith("line 2999\n[31mlast", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Late_command_is_killed_with_all_that_it_started()
    {
        _host.Script("slow", "echo begun; sh -c 'sh -c \"sleep 3; echo late >> $0/late\" $0' $0 & sleep 60", timeoutSeconds: 1);
        var started = Stopwatch.GetTimestamp();

        var result = await RunAsync("slow");

        Assert.Equal((CommandOutcome.TimedOut, "begun"), (result.Outcome, result.Output));
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromMilliseconds(900), TimeSpan.FromSeconds(20));
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System);
        Assert.Empty(_host.Note("late"));
    }

    [Fact]
    public async Task Daemon_that_keeps_the_pipe_open_does_not_hold_up_the_answer()
    {
        _host.Script("daemon", "echo up; sleep 5 &");
        var started = Stopwatch.GetTimestamp();

        var result = await RunAsync("daemon");

        Assert.True(result.Succeeded);
        Assert.Equal("up", result.Output);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(4));
    }

    [Theory]
    [InlineData("not in the settings", "absent", null)]
    [InlineData("no such program on PATH", "command", "certrelay-no-such-program")]
    [InlineData("no such file", "command", "/no/such/program")]
    [InlineData("not executable", "command", "/etc/passwd")]
    [InlineData("a folder", "command", "/tmp")]
    public async Task Command_that_cannot_run_is_told(string description, string name, string? program)
    {
        Assert.NotEmpty(description);
        if (program is not null)
            _host.Command(name, program);

        Assert.False(_host.Runner.CanRun(name));
        Assert.Equal(CommandOutcome.Missing, (await RunAsync(name)).Outcome);
    }

    [Fact]
    public async Task Environment_of_the_host_stays_with_the_host()
    {
        Environment.SetEnvironmentVariable("CERTRELAY_TEST_SECRET", "swordfish");
        _host.Command("environment", "env");

        var names = (await RunAsync("environment")).Output.Split('\n').Select(line => line.Split('=')[0]);

        Assert.Contains("PATH", names);
        Assert.DoesNotContain("CERTRELAY_TEST_SECRET", names);
    }

    [Fact]
    public async Task Who_asks_during_a_run_shares_the_next_one()
    {
        _host.Script("reload", "echo run >> $0/runs; while [ ! -e $0/go ]; do sleep 0.05; done");
        var first = RunAsync("reload");
        await NoteAsync("runs", "run\n");

        var later = Enumerable.Range(0, 20).Select(_ => RunAsync("reload")).ToList();
        _host.Mark("go");
        await Task.WhenAll([first, .. later]);

        Assert.Equal("run\nrun\n", _host.Note("runs"));
        Assert.All(later, task => Assert.Same(later[0].Result, task.Result));
    }

    [Fact]
    public async Task Next_request_after_a_run_is_a_run_of_its_own()
    {
        _host.Script("reload", "echo run >> $0/runs");

        await RunAsync("reload");
        await RunAsync("reload");

        Assert.Equal("run\nrun\n", _host.Note("runs"));
    }

    [Fact]
    public async Task Caller_who_gives_up_does_not_stop_the_run()
    {
        _host.Script("reload", "sleep 0.5; echo run >> $0/runs");
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _host.Runner.RunAsync("reload", cancel.Token));

        await NoteAsync("runs", "run\n");
    }

    [Fact]
    public async Task Nothing_starts_while_a_change_is_held_and_nothing_changes_during_a_run()
    {
        _host.Script("reload", "echo run >> $0/runs; while [ ! -e $0/go ]; do sleep 0.05; done");
        var held = await _host.Runner.HoldAsync(["reload", "test", "reload"], CancellationToken.None);
        var alsoHeld = await _host.Runner.HoldAsync(["test", "reload"], CancellationToken.None);
        var run = RunAsync("reload");
        held.Dispose();
        await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        Assert.Empty(_host.Note("runs"));

        alsoHeld.Dispose();
        await NoteAsync("runs", "run\n");
        var later = _host.Runner.HoldAsync(["reload"], CancellationToken.None);
        await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        Assert.False(later.IsCompleted);

        _host.Mark("go");
        await run;
        (await later).Dispose();
    }

    public void Dispose() => _host.Dispose();

    private Task<CommandResult> RunAsync(string name) => _host.Runner.RunAsync(name, CancellationToken.None);

    private async Task NoteAsync(string name, string text)
    {
        for (var attempt = 0; attempt < 200 && _host.Note(name) != text; attempt++)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        Assert.Equal(text, _host.Note(name));
    }
}
