namespace Certrelay.CrashHost;

/// <summary>On which side of a boundary the process dies.</summary>
internal enum KillSide
{
    Before,
    After,
}

/// <summary>A moment in one step's life at which the process kills itself: a subject (a target, or a certificate that is uploaded) and a boundary that it passes.</summary>
internal sealed record KillPoint(string Subject, KillSide Side, string Boundary);
