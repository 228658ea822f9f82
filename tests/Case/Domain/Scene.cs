using CxPlatform.Cases.Domain;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Contracts.Routing.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Case.Tests.Domain;

/// <summary>One case and its time, without anything around it.</summary>
internal sealed class Scene
{
    /// <summary>A Monday, 10:00 UTC.</summary>
    public static readonly DateTimeOffset Monday = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);
    public static readonly Person Ada = new(Guid.Parse("00000000-0000-7000-8000-0000000000aa"), "Ada");
    public static readonly Person Bob = new(Guid.Parse("00000000-0000-7000-8000-0000000000bb"), "Bob");
    public static readonly Guid Customer = Guid.Parse("00000000-0000-7000-8000-0000000000cc");

    private int _ids = 1000;

    public CasePolicy Policy { get; init; } = new();

    public BusinessCalendar Calendar { get; init; } = new(BusinessCalendar.WorkingWeek("default", "Week", "UTC"));

    public DateTimeOffset Now { get; set; } = Monday;

    public CaseState? Case { get; private set; }

    /// <summary>Everything that happened, with its time.</summary>
    public List<(object Event, DateTimeOffset At)> Log { get; } = [];

    public CaseState State => Case ?? throw new InvalidOperationException("No case was opened.");

    public Guid NewId() => new($"00000000-0000-7000-8000-{_ids++:d12}");

    public Outcome<Decision> Try(CaseCommand command)
    {
        var outcome = Decider.Decide(Case, command, new(Now, Calendar, Policy, NewId));
        if (!outcome.IsRefused)
        {
            Case = outcome.Value.Case;
            Log.AddRange(outcome.Value.Events.Select(e => (e, Now)));
        }
        return outcome;
    }

    /// <summary>Does it and answers the events; fails when it is refused.</summary>
    public IReadOnlyList<object> Do(CaseCommand command)
    {
        var outcome = Try(command);
        Assert.False(outcome.IsRefused, outcome.Refusal?.Detail);
        return outcome.Value!.Events;
    }

    public Refusal Refused(CaseCommand command)
    {
        var outcome = Try(command);
        Assert.True(outcome.IsRefused, $"{command.GetType().Name} was not refused.");
        return outcome.Refusal!;
    }

    public static ContactReceived Contact(
        string text = "My kettle does not heat any more.", Guid? customer = null, Automatic automatic = Automatic.None,
            DateTimeOffset? at = null, string? language = null,
        Channel channel = Channel.Email, string? name = "Mia Berger", Kind? kind = null) => new()
        {
            ContactId = Guid.NewGuid(),
            Channel = channel,
            ProviderId = Guid.NewGuid().ToString(),
            ReceivedAt = at ?? Monday,
            CustomerId = customer ?? Customer,
            CustomerName = name,
            From = new(IdentityKind.EmailAddress, "mia@example.org"),
            Subject = "Kettle",
            Text = text,
            Language = language,
            Automatic = automatic,
            Kind = kind,
        };

    public RoutingDecided Decision(Kind kind = Kind.Problem, Feeling feeling = Feeling.Neutral, Person? agent = null,
        long? version = null) => new()
        {
            CaseId = State.Id,
            CaseVersion = version ?? State.Version,
            Kind = kind,
            Category = "appliances",
            Priority = Priority.Normal,
            Feeling = feeling,
            QueueId = "help",
            QueueName = "Help",
            TeamName = "Kitchen team",
            CalendarId = "default",
            FirstResponseTarget = TimeSpan.FromHours(2),
            AgentId = agent?.Id,
            AgentName = agent?.Name,
            DecidedAt = Now,
        };

    public static Scene Opened(ContactReceived? contact = null)
    {
        var scene = new Scene();
        scene.Do(new OpenCase(Guid.NewGuid(), "CX-2026-000001", contact ?? Contact()));
        return scene;
    }

    public static Scene Acknowledged(Person? agent = null)
    {
        var scene = Opened();
        scene.Do(new Triage(scene.Decision(agent: agent)));
        return scene;
    }

    public static Scene Answered()
    {
        var scene = Acknowledged(Ada);
        scene.Reply();
        return scene;
    }

    public static Scene Proposed()
    {
        var scene = Answered();
        scene.Do(new Propose(scene.NewId(), scene.NewId(), Ada, "We send you a new one.", null));
        scene.Fares(SolutionProposed.Template);
        return scene;
    }

    public static Scene Resolved()
    {
        var scene = Answered();
        scene.Do(new ResolveCase(CaseResult.Solved, "A new one was sent"));
        return scene;
    }

    public static Scene Closed()
    {
        var scene = Resolved();
        var resolvedAt = scene.State.ResolvedAt!.Value;
        scene.Now = resolvedAt.AddDays(14);
        scene.Do(new CloseDue(scene.State.Id, resolvedAt));
        return scene;
    }

    public IReadOnlyList<object> Reply(bool asks = false, Person? by = null) =>
        Do(new SendReply(NewId(), by ?? Ada, "We look into it.", [], asks));

    /// <summary>A message left for the customer, or did not.</summary>
    public void Fares(string template, string? failure = null) =>
        Do(new RecordMessageOutcome(NewId(), template, Channel.Email, failure is null, failure));

    public Guid Promise(TimeSpan within)
    {
        var id = NewId();
        Do(new MakePromise(id, Ada, "A new kettle is on its way", Now + within));
        return id;
    }

    public Promise Find(Guid promise) => State.Promises.Single(p => p.Id == promise);
}
