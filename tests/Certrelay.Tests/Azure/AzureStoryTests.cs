using Certrelay.App.Azure;
using Certrelay.Tests.Story;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Azure;

/// <summary>
/// The story told to a product that runs on the Functions host: <c>CERTRELAY_STORY_URL</c>, as the principal of App Service's header
/// <c>CERTRELAY_STORY_PRINCIPAL</c>, an <c>Admin</c>. The host has empty tables in the account of the tests, and the settings <c>WEBSITE_AUTH_ENABLED=True</c>,
/// <c>Outgoing__AllowLoopbackEndpoints=true</c>, <c>Local__Roots__sites</c> = <c>CERTRELAY_STORY_SITES</c> and
/// <c>Local__Commands__reload-story__Argv__0..2</c> = <c>/bin/sh -c "echo reloaded >> $CERTRELAY_STORY_SITES/story/reloads"</c>.
/// </summary>
public sealed class AzureStoryTests
{
    [Fact]
    public async Task The_story_is_the_one_of_the_embedded_edition()
    {
        using var story = new RecordedStory(
            new Uri(Given("CERTRELAY_STORY_URL")), ("X-MS-CLIENT-PRINCIPAL", Given("CERTRELAY_STORY_PRINCIPAL")), new TableRecordStore(StorageAccounts.ProductTables), Given("CERTRELAY_STORY_SITES"));

        ApprovedText.Check(RecordedStory.Approved, await story.TellAsync());
    }

    private static string Given(string variable) => Environment.GetEnvironmentVariable(variable) ?? throw new InvalidOperationException($"{variable} is not set.");
}
