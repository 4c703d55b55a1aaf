namespace Certrelay.Simulators.Aws;

/// <summary>A refusal with the code and status that the service answers.</summary>
internal sealed class AwsFaultException(string code, string message, int status = 400) : Exception(message)
{
    public string Code { get; } = code;

    public int Status { get; } = status;
}

/// <summary>Why a caller was not recognised; each protocol has its own code for it.</summary>
internal enum AuthenticationFault
{
    MissingToken,
    Incomplete,
    UnknownKey,
    WrongToken,
    Skewed,
    Mismatch,
}

/// <summary>A caller who was not recognised.</summary>
internal sealed class AuthenticationFaultException(AuthenticationFault fault, string message) : Exception(message)
{
    public AuthenticationFault Fault { get; } = fault;
}
