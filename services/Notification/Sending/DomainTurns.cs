using CxPlatform.Notifications.Domain;
using Microsoft.Extensions.Options;

namespace CxPlatform.Notifications.Sending;

/// <summary>Whose turn it is: so many mails to one domain at the same time, and so many in a minute, from this process. What must wait holds up no mail to another
/// domain: it waits here while that is short, and else in the store.</summary>
internal sealed class DomainTurns(IOptions<MailOptions> options, TimeProvider clock)
{
    /// <summary>Mails to one domain that wait here; what goes beyond comes again.</summary>
    private const int MostWaiting = Postbox.Capacity;

    /// <summary>What this much time allows may go at once after a pause.</summary>
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);
    private static readonly TimeSpan ComeAgain = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Domain> _domains = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Asks for a turn.</summary>
    /// <returns>Null: it is, and <see cref="Leave"/> must follow. Nothing: it waits here, and whoever leaves takes it up. Else: in so long.</returns>
    public TimeSpan? Enter(OutgoingMessage message)
    {
        var name = NameOf(message);
        var now = clock.GetUtcNow();
        lock (_gate)
        {
            if (!_domains.TryGetValue(name, out var domain))
                _domains.Add(name, domain = new(options.Value.Smtp.PaceOf(name)));
            if (domain.WaitAt(now) is { } wait)
                return wait < LongestWait ? wait : LongestWait;
            if (domain.UnderWay < domain.Pace.AtOnce)
            {
                domain.UnderWay++;
                domain.Count(now);
                return null;
            }
            if (domain.Waiting.Count >= MostWaiting)
                return ComeAgain * (1 + Random.Shared.NextDouble());
            domain.Waiting.Enqueue(message);
            domain.Count(now);
            return TimeSpan.Zero;
        }
    }

    /// <summary>Gives the turn back.</summary>
    /// <returns>Whose turn it is now, if somebody waits.</returns>
    public OutgoingMessage? Leave(OutgoingMessage message)
    {
        var name = NameOf(message);
        lock (_gate)
        {
            var domain = _domains[name];
            if (domain.Waiting.TryDequeue(out var next))
                return next;
            domain.UnderWay--;
            // What has nothing to remember is forgotten: there are many domains.
            if (domain.UnderWay == 0 && domain.IsRested(clock.GetUtcNow()))
                _domains.Remove(name);
            return null;
        }
    }

    /// <summary>Everything that waits, which nobody will send.</summary>
    public List<OutgoingMessage> Drain()
    {
        lock (_gate)
        {
            var all = _domains.Values.SelectMany(domain => domain.Waiting).ToList();
            foreach (var domain in _domains.Values)
                domain.Waiting.Clear();
            return all;
        }
    }

    private static string NameOf(OutgoingMessage message) => message.To.Address[(message.To.Address.LastIndexOf('@') + 1)..];

    private sealed class Domain(MailOptions.DomainPace pace)
    {
        private readonly TimeSpan _gap = pace.PerMinute > 0 ? TimeSpan.FromMinutes(1) / pace.PerMinute : TimeSpan.Zero;

        // When the next one would be due if they came evenly; what lies in the past is room for a burst.
        private DateTimeOffset _next;
        private DateTimeOffset _promised;

        public MailOptions.DomainPace Pace => pace;

        public Queue<OutgoingMessage> Waiting { get; } = [];

        public int UnderWay { get; set; }

        /// <summary>How long until there is room in the minute; each that asks is given a later time, so that they do not all come back at once.</summary>
        public TimeSpan? WaitAt(DateTimeOffset now)
        {
            if (_next <= now + Room)
                return null;
            var free = _next - Room;
            _promised = _promised >= free ? _promised + _gap : free;
            return _promised - now;
        }

        public void Count(DateTimeOffset now) => _next = (_next > now ? _next : now) + _gap;

        public bool IsRested(DateTimeOffset now) => _next <= now && _promised <= now;

        // The first of a burst is not early.
        private TimeSpan Room => TimeSpan.FromTicks(Math.Max(0, Burst.Ticks - _gap.Ticks));
    }
}
