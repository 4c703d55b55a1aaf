using System.Text.Json;
using System.Text.Json.Serialization;

namespace Certrelay.App.Cli.Demo.Screens;

/// <summary>One JSON object a line.</summary>
internal sealed partial class JsonScreen(TextWriter output) : IDemoScreen
{
    private readonly Lock _lock = new();

    public void Show(DemoEvent happened)
    {
        lock (_lock)
            output.WriteLine(JsonSerializer.Serialize(happened, EventJson.Default.DemoEvent));
    }

    public Task<bool> DuringAsync(Func<Task<bool>> story) => story();

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
    [JsonSerializable(typeof(DemoEvent))]
    private sealed partial class EventJson : JsonSerializerContext;
}
