using System.Text.Json.Serialization;
using Certrelay.Certificates;

namespace Certrelay.App.Cli.Demo;

/// <summary>What can be seen of the story, whichever screen shows it.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(ActBegun), "act")]
[JsonDerivedType(typeof(FactShown), "fact")]
[JsonDerivedType(typeof(FindingShown), "finding")]
[JsonDerivedType(typeof(SiteShown), "site")]
[JsonDerivedType(typeof(ActDone), "done")]
[JsonDerivedType(typeof(ActFailed), "failed")]
[JsonDerivedType(typeof(StoryEnded), "end")]
internal abstract record DemoEvent;

/// <summary>An act begins.</summary>
internal sealed record ActBegun(int Number, int Of, string Title) : DemoEvent;

/// <summary>One sentence that was found to be true.</summary>
internal sealed record FactShown(string Text) : DemoEvent;

/// <summary>A finding, as the API gave it.</summary>
internal sealed record FindingShown(string Code, string Severity, string Message, string Remedy) : DemoEvent;

/// <summary>A line of the table of sites.</summary>
/// <param name="Before">The leaf served before anything was deployed.</param>
/// <param name="Days">How many days that one has left.</param>
/// <param name="State">The state of the step, or what came before it.</param>
/// <param name="Now">The leaf of the last handshake of the demo's own.</param>
/// <param name="Proof">What is proved of it.</param>
internal sealed record SiteShown(string Site, string Address, Fingerprint Before, int Days, string State, Fingerprint Now, string Proof) : DemoEvent;

/// <summary>An act really happened.</summary>
internal sealed record ActDone(int Number, int Of, string Title) : DemoEvent;

/// <summary>An act did not happen.</summary>
internal sealed record ActFailed(int Number, int Of, string Title, string Reason) : DemoEvent;

/// <summary>The end: whether every act happened, how long it took, and where to look next.</summary>
internal sealed record StoryEnded(bool Ok, double Seconds, IReadOnlyList<string> Next) : DemoEvent;
