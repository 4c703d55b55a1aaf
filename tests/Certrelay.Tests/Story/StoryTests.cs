using Certrelay.Records;
using Certrelay.Targets.Local;
using Certrelay.Tests.Api;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Story;

public sealed class StoryTests
{
    [Fact]
    public async Task The_story_has_its_answers_audit_and_records()
    {
        await using var server = await ApiServer.StartAsync(change: static settings => settings with
        {
            Local = settings.Local with
            {
                Commands = new Dictionary<string, LocalCommand>(settings.Local.Commands)
                {
                    ["reload-story"] = new() { Argv = ["/bin/sh", "-c", $"echo reloaded >> '{settings.Local.Roots["sites"]}/story/reloads'"] },
                },
            },
        });
        using var story = new RecordedStory(server.Address, ("Authorization", $"Bearer {server.Admin}"), server.Get<IRecordStore>(), server.Sites);

        ApprovedText.Check(RecordedStory.Approved, await story.TellAsync());
    }
}
