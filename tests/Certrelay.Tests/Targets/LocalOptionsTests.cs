using System.ComponentModel.DataAnnotations;
using Certrelay.Outgoing;
using Certrelay.Targets.Local;
using Microsoft.Extensions.Configuration;

namespace Certrelay.Tests.Targets;

public sealed class LocalOptionsTests
{
    [Fact]
    public void Options_bind_from_configuration()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Local:Roots:sites"] = "/etc/nginx/tls",
            ["Local:Commands:nginx-test:Argv:0"] = "nginx",
            ["Local:Commands:nginx-test:Argv:1"] = "-t",
            ["Local:Commands:nginx-test:TimeoutSeconds"] = "5",
            ["Outgoing:Allow:0"] = "10.0.0.0/8",
            ["Outgoing:AllowLoopbackEndpoints"] = "true",
        }).Build();

        var local = configuration.GetSection("Local").Get<LocalOptions>()!;
        var outgoing = configuration.GetSection("Outgoing").Get<OutgoingOptions>()!;

        Assert.Equal("/etc/nginx/tls", local.Roots["sites"]);
        Assert.Equal(["nginx", "-t"], local.Commands["nginx-test"].Argv);
        Assert.Equal(5, local.Commands["nginx-test"].TimeoutSeconds);
        Assert.Equal(["10.0.0.0/8"], outgoing.Allow);
        Assert.True(outgoing.AllowLoopbackEndpoints);
        Assert.Empty(local.Validate(new ValidationContext(local)));
    }

    [Fact]
    public void Every_fault_is_named_at_once()
    {
        var options = new LocalOptions
        {
            Roots = new Dictionary<string, string> { ["Sites"] = "relative" },
            Commands = new Dictionary<string, LocalCommand>
            {
                ["empty"] = new(),
                ["relative"] = new() { Argv = ["bin/reload"], TimeoutSeconds = 0, WorkingDirectory = "here" },
                ["good"] = new() { Argv = ["/usr/sbin/nginx", "-t"] },
            },
        };

        var faults = options.Validate(new ValidationContext(options)).SelectMany(fault => fault.MemberNames);

        Assert.Equal(
            ["Roots:Sites", "Roots:Sites", "Commands:empty:Argv", "Commands:relative:Argv", "Commands:relative:TimeoutSeconds", "Commands:relative:WorkingDirectory"],
            faults);
    }
}
