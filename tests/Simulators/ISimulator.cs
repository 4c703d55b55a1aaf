namespace Certrelay.Simulators;

/// <summary>A vendor on loopback: its API, and the TLS that its products would terminate.</summary>
public interface ISimulator : IAsyncDisposable
{
    /// <summary>The vendor's word in the API: <c>tencent</c>.</summary>
    string Vendor { get; }

    /// <summary>The base URL of its API.</summary>
    Uri Endpoint { get; }

    /// <summary>Every call that was understood, oldest first.</summary>
    IReadOnlyList<SimulatorCall> Calls { get; }

    /// <summary>Every request as it came, keys included, oldest first.</summary>
    IReadOnlyList<SimulatorRequest> Requests { get; }

    /// <summary>The faults that it shall make.</summary>
    Rudeness Rudeness { get; }

    /// <summary>What somebody needs to know to use it by hand, a line each: credentials, and the resources that are there with their ports.</summary>
    IEnumerable<string> Guide { get; }
}
