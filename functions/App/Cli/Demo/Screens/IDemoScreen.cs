namespace Certrelay.App.Cli.Demo.Screens;

/// <summary>Where the story is seen: a live table, plain lines, or JSON lines.</summary>
internal interface IDemoScreen
{
    /// <summary>Shows what happened; called from several threads.</summary>
    void Show(DemoEvent happened);

    /// <summary>Shows everything that <paramref name="story"/> does while it runs.</summary>
    Task<bool> DuringAsync(Func<Task<bool>> story);
}
