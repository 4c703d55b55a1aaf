namespace Certrelay.Simulators.Huawei;

/// <summary>An access key that the simulator knows; one with a token is temporary and must bring it.</summary>
public sealed record HuaweiCredentials(string AccessKey, string SecretKey, string? SecurityToken = null);

/// <summary>How a simulated Huawei Cloud differs from the usual one.</summary>
public sealed record HuaweiOptions
{
    /// <summary>The key that the guide names, and that is known unless others are given.</summary>
    public static readonly HuaweiCredentials Example = new("HWAKEXAMPLE000000001", "EXAMPLEsecretKeyNotReal0000000000000001");

    public IReadOnlyList<HuaweiCredentials> Credentials { get; init; } = [Example];

    /// <summary>The port of the API; 0: any free one.</summary>
    public int Port { get; init; }

    /// <summary>The account: what <c>X-Domain-Id</c> must name.</summary>
    public string DomainId { get; init; } = "fedcba9876543210fedcba9876543210";

    /// <summary>The projects by the name of their region.</summary>
    public IReadOnlyDictionary<string, string> Projects { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["cn-north-4"] = "0123456789abcdef0123456789abcdef",
        ["eu-west-101"] = "abcdef0123456789abcdef0123456789",
    };

    /// <summary>False: nothing is there but what a test adds.</summary>
    public bool WithResources { get; init; } = true;
}
