namespace Certrelay.RealParts.Support;

/// <summary>A test that starts installed programs. It is skipped, with the reason, where one is missing, except where <c>CI=true</c>: there it fails by itself.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealFactAttribute : FactAttribute
{
    public RealFactAttribute(params string[] programs)
    {
        Programs = programs;
        Skip = Installed.WhyNot(programs);
    }

    public IReadOnlyList<string> Programs { get; }
}

/// <summary>As <see cref="RealFactAttribute"/>, for a test with rows.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealTheoryAttribute : TheoryAttribute
{
    public RealTheoryAttribute(params string[] programs)
    {
        Programs = programs;
        Skip = Installed.WhyNot(programs);
    }

    public IReadOnlyList<string> Programs { get; }
}
