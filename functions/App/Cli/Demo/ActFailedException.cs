namespace Certrelay.App.Cli.Demo;

/// <summary>Something of the story did not really happen.</summary>
internal sealed class ActFailedException(string message) : Exception(message);
