namespace Certrelay.Simulators.Alibaba;

/// <summary>A refusal in the vendor's shape.</summary>
internal sealed class AlibabaFault(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    public static AlibabaFault Missing(string name) => new(400, $"Missing{name}", $"{name} is mandatory for this action.");

    public static AlibabaFault Invalid(string name) => new(400, $"InvalidParameter.{name}", $"The specified parameter {name} is not valid.");

    public static AlibabaFault NotFound(string what) => new(404, $"ResourceNotFound.{what}", $"The specified resource {what} is not found.");
}
