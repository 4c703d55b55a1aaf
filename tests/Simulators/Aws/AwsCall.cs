namespace Certrelay.Simulators.Aws;

/// <summary>One call on its way through a service: who makes it, where, and what it turned out to be about.</summary>
internal sealed class AwsCall(SimulatorRequest request, SigV4Caller caller, AwsAction action, AwsCloud cloud)
{
    public const string AccountId = "123456789012";

    public SimulatorRequest Request { get; } = request;

    public AwsCloud Cloud { get; } = cloud;

    public string Region => caller.Region;

    public string Partition => caller.Key.Partition;

    public string Resource { get; private set; } = "";

    /// <summary>Names the resource; throws <see cref="AwsFaultException"/> where writes to it are refused on purpose.</summary>
    public void About(string resource)
    {
        Resource = resource;
        if (action.Writes && Cloud.Refused.TryGetValue(resource, out var code))
            throw new AwsFaultException(code, $"{resource} cannot be changed.");
    }

    public string Arn(string service, string rest) => $"arn:{Partition}:{service}:{Region}:{AccountId}:{rest}";
}

/// <summary>One action of a service.</summary>
internal sealed record AwsAction(string Name, bool Writes, Func<AwsCall, SimulatorAnswer> Run);

/// <summary>A service with its wire protocol.</summary>
/// <param name="Name">As in the list of calls.</param>
/// <param name="Namespace">Of its XML; empty with JSON.</param>
/// <param name="ScopeRegion">The one region that it is signed for, by partition; null for a regional service.</param>
/// <param name="Find">The action that a request names; throws <see cref="AwsFaultException"/> for an unknown one or another version.</param>
internal sealed record AwsService(
    string Name, AwsProtocol Protocol, string Namespace, Func<string, string>? ScopeRegion, Func<SimulatorRequest, AwsAction> Find);
