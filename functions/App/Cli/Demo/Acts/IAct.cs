namespace Certrelay.App.Cli.Demo.Acts;

/// <summary>One act of the story.</summary>
internal interface IAct
{
    /// <summary>What is true once it was played.</summary>
    string Title { get; }

    /// <summary>Plays it; throws <see cref="ActFailedException"/>, or what a call threw, when it did not really happen.</summary>
    Task PlayAsync(CancellationToken cancellationToken);
}
