namespace Certrelay.App.Http;

/// <summary>The settings of the HTTP edge (section <c>Http</c>); each works when absent.</summary>
public sealed record EdgeOptions
{
    /// <summary>The largest body of a request, in bytes.</summary>
    public int BodyLimit { get; init; } = 1024 * 1024;

    /// <summary>How long a body may take to arrive.</summary>
    public TimeSpan BodyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>True when the platform in front says whom it let in (<see cref="EntraPrincipal"/>); the header is ignored otherwise.</summary>
    public bool TrustPrincipal { get; init; }

    /// <summary>Which edition runs, as <c>/api/status</c> shows it.</summary>
    public string Edition { get; init; } = "embedded";
}
