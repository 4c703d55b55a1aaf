namespace Certrelay.Simulators.Tencent;

/// <summary>A refusal with the vendor's code; it is answered with status 200, as every answer of the vendor is.</summary>
public sealed class TencentFault(string code, string message) : Exception(message)
{
    public string Code { get; } = code;

    public static TencentFault Missing(string name) => new("MissingParameter", $"The request is missing the parameter `{name}`.");

    public static TencentFault Invalid(string message) => new("InvalidParameter", message);

    public static TencentFault InvalidValue(string name) => new("InvalidParameterValue", $"The value of the parameter `{name}` is not supported.");
}
