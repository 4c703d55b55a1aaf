using System.Net;
using Certrelay.Outgoing;

namespace Certrelay.Dns;

/// <summary>Holds the servers of a question to the guard: which ones a zone has, its owner says, who may be anybody.</summary>
public static class ChosenServers
{
    extension(OutgoingGuard guard)
    {
        /// <summary>Those that may be asked; throws <see cref="Permanent"/> (<c>probe.forbidden</c>) when there is none.</summary>
        public List<IPEndPoint> Among(IReadOnlyList<IPEndPoint> servers)
        {
            var allowed = servers.Where(server => guard.Check(OutgoingClass.Content, server.Address) is null).ToList();
            if (allowed.Count > 0)
                return allowed;
            var forbidden = guard.Check(OutgoingClass.Content, servers[0].Address)!;
            throw new Permanent(forbidden.Code, forbidden.Message);
        }
    }
}
