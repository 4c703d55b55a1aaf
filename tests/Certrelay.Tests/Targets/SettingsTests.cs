using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Certrelay.Targets;

namespace Certrelay.Tests.Targets;

public sealed class SettingsTests
{
    public static TheoryData<string, string, string, string[]> Rows => new()
    {
        { "whole settings", "directory", """{"root":"sites","folder":"shop/live","layout":{"key":"k.pem"},"test":"ok","reload":"ok"}""", [] },
        { "least settings", "directory", """{"root":"sites"}""", [] },
        { "null where absent is fine", "directory", """{"root":"sites","folder":null,"test":null}""", [] },
        { "leaf and chain in two files", "directory", """{"root":"sites","layout":{"fullChain":null,"certificate":"c.pem","chain":"i.pem"}}""", [] },
        { "nothing", "directory", "{}", ["root: is required."] },
        { "no object", "directory", "[]", [": must be an object."] },
        { "null", "directory", "null", [": must not be null."] },
        { "null in a required place", "directory", """{"root":null}""", ["root: must not be null."] },
        { "a number for a name", "directory", """{"root":5}""", ["root: must be a text."] },
        { "a setting given twice", "directory", """{"root":"sites","root":"sites"}""", ["root: is given twice."] },
        { "another letter case", "directory", """{"Root":"sites"}""", ["Root: is not a setting; there are root, folder, layout, test, reload.", "root: is required."] },
        { "an unknown root", "directory", """{"root":"elsewhere"}""", ["root: The host's settings name no root 'elsewhere' (Local:Roots)."] },
        { "a bad name", "directory", """{"root":"../sites"}""", ["root: root must be 1 to 63 of a-z, 0-9 and single hyphens."] },
        { "two files of one name", "directory", """{"root":"sites","layout":{"key":"FullChain.pem"}}""", ["layout.key: Two files bear the name fullchain.pem."] },
        { "neither chain nor certificate", "directory", """{"root":"sites","layout":{"fullChain":null}}""", ["layout.fullChain: One of fullChain and certificate is needed."] },
        { "unknown commands", "nginx", """{"root":"sites","test":"no","reload":"nor"}""", ["test: The host's settings name no command 'no' (Local:Commands).", "reload: The host's settings name no command 'nor' (Local:Commands)."] },
        { "one file for both", "nginx", """{"root":"sites","test":"ok","reload":"ok","keyFile":"fullchain.pem"}""", ["keyFile: Certificate and key need two files."] },
        {
            "all faults at once", "nginx", """{"root":"UP","folder":"/etc","certificateFile":"a/b","test":true,"secret":"x"}""",
            [
                "root: root must be 1 to 63 of a-z, 0-9 and single hyphens.",
                "folder: folder must be names of letters, digits, dot, hyphen and underscore joined by single slashes, without '.' and '..'.",
                "certificateFile: certificateFile must be a file name of 1 to 100 letters, digits, dots, hyphens and underscores.",
                "test: must be a text.",
                "secret: is not a setting; there are root, folder, certificateFile, keyFile, test, reload.",
                "reload: is required.",
            ]
        },
        { "settings for a kind without any", "endpoint-only", """{"root":"sites"}""", ["root: is not a setting; this kind has none."] },
        { "none for a kind without any", "endpoint-only", "{}", [] },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Settings_are_checked_whole(string description, string kind, string json, string[] expected)
    {
        Assert.NotEmpty(description);
        using var host = new LocalHost();
        host.Script("ok", "true");
        using var settings = JsonDocument.Parse(json);

        var faults = DeployTargets.Find(kind)!.Check(settings.RootElement, host.Services);

        Assert.Equal(expected, faults.Select(fault => $"{fault.Path}: {fault.Message}"));
    }

    [Theory]
    [InlineData("up", "..")]
    [InlineData("up in the middle", "a/../../etc")]
    [InlineData("up at the end", "a/..")]
    [InlineData("absolute", "/etc")]
    [InlineData("here", "a/./b")]
    [InlineData("doubled slash", "a//b")]
    [InlineData("slash at the end", "a/")]
    [InlineData("empty", "")]
    [InlineData("backslash", @"a\..\b")]
    [InlineData("drive", "c:/x")]
    [InlineData("home", "~root")]
    [InlineData("variable", "$HOME")]
    [InlineData("line end", "a\n")]
    [InlineData("zero byte", "a\0b")]
    [InlineData("not ASCII", "\u212a")]
    public void Folder_that_could_leave_the_root_is_refused(string description, string folder)
    {
        Assert.NotEmpty(description);
        using var host = new LocalHost();
        var settings = JsonSerializer.SerializeToElement(new { root = "sites", folder });

        Assert.Equal("folder", Assert.Single(DeployTargets.Find("directory")!.Check(settings, host.Services)).Path);
    }

    [Fact]
    public void Stored_settings_that_are_valid_no_longer_fail_for_good()
    {
        using var host = new LocalHost();

        var failure = Assert.Throws<Permanent>(() => host.Target("nginx", """{"root":"sites"}"""));

        Assert.Equal(("target.settings", "test: is required. reload: is required."), (failure.Code, failure.Message));
    }

    [Fact]
    public void Reader_goes_into_lists_maps_and_choices()
    {
        using var json = JsonDocument.Parse("""{"domains":["a",7,null],"weights":{"x":1,"y":"heavy"},"speed":"warp","least":[],"share":300}""");

        var reading = SettingsReader.Read(typeof(Sample), json.RootElement);

        Assert.Null(reading.Settings);
        Assert.Equal(
            [
                "domains[1]: must be a text.", "domains[2]: must not be null.", "weights.y: must be a whole number.", "speed: must be one of slow, veryFast.",
                "least: The field least must be a string or array type with a minimum length of '1'.",
                "share: The field share must be between 1 and 100.",
            ],
            reading.Faults.Select(fault => $"{fault.Path}: {fault.Message}"));
    }

    [Fact]
    public void Schema_states_lengths_and_ranges()
    {
        var properties = SettingsSchema.Of(typeof(Sample))["properties"]!;

        Assert.Equal(1, (int)properties["least"]!["minItems"]!);
        Assert.Equal(3, (int)properties["word"]!["minLength"]!);
        Assert.Equal(9, (int)properties["word"]!["maxLength"]!);
        Assert.Equal((1, 100), ((int)properties["share"]!["minimum"]!, (int)properties["share"]!["maximum"]!));
        Assert.Equal("A word.", (string?)properties["word"]!["description"]);
    }

    private enum Speed
    {
        Slow,
        VeryFast,
    }

    private sealed record Sample
    {
        public IReadOnlyList<string> Domains { get; init; } = [];

        public IReadOnlyDictionary<string, int> Weights { get; init; } = new Dictionary<string, int>();

        public Speed Speed { get; init; }

        [MinLength(1)]
        public IReadOnlyList<string> Least { get; init; } = ["one"];

        [Range(1, 100)]
        public int Share { get; init; } = 50;

        [Description("A word.")]
        [MinLength(3)]
        [MaxLength(9)]
        public string Word { get; init; } = "word";
    }
}
