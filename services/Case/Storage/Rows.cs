using System.Text.Json;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Storage;

/// <summary>A case: its state as one document, and the columns that lists ask for.</summary>
internal sealed class CaseRow
{
    private CaseState? _case;

    public Guid Id { get; init; }
    public string Number { get; private set; } = "";
    public string State { get; private set; } = "";
    public long Version { get; private set; }
    public CaseStatus Status { get; private set; }
    public bool IsOpen { get; private set; }
    public Guid ContactId { get; private set; }
    public Guid CustomerId { get; private set; }
    public string? QueueId { get; private set; }
    public string Category { get; private set; } = "";
    public Guid? OwnerId { get; private set; }
    public Priority Priority { get; private set; }
    public Kind Kind { get; private set; }
    public Channel Channel { get; private set; }
    public string Brand { get; private set; } = "";
    public DateTimeOffset OpenedAt { get; private set; }
    public DateTimeOffset LastActivityAt { get; private set; }

    /// <summary>When the nearest open promise is due.</summary>
    public DateTimeOffset? NextDue { get; private set; }
    public DateTimeOffset? WaitingSince { get; private set; }

    /// <summary>When the next clock misses its target; null when none runs. Measured with policy and calendar, not read from the state.
    /// </summary>
    public DateTimeOffset? ClockDue { get; set; }

    public CaseState Case
    {
        get => _case ??= JsonSerializer.Deserialize<CaseState>(State, EventTypes.Json)
            ?? throw new JsonException($"Case {Number} has no state.");
        set
        {
            _case = value;
            State = JsonSerializer.Serialize(value, EventTypes.Json);
            Number = value.Number;
            Version = value.Version;
            Status = value.Status;
            IsOpen = value.IsOpen;
            ContactId = value.ContactId;
            CustomerId = value.CustomerId;
            QueueId = value.QueueId;
            Category = value.Category;
            OwnerId = value.OwnerId;
            Priority = value.Priority;
            Kind = value.Kind;
            Channel = value.Channel;
            Brand = value.Brand;
            OpenedAt = value.OpenedAt;
            LastActivityAt = value.LastActivityAt;
            NextDue = value.NextDue;
            WaitingSince = value.WaitingSince;
        }
    }
}

/// <summary>Who takes part in a case beside its customer, to find the cases of a person.</summary>
internal sealed class ParticipantRow
{
    public Guid CaseId { get; init; }
    public Guid CustomerId { get; init; }
}

/// <summary>The mark of an address that is kept on a case, to find it when whoever it belongs to is to be forgotten.</summary>
internal sealed class ParticipantAddressRow
{
    public Guid CaseId { get; init; }
    public string Mark { get; init; } = "";
}

/// <summary>A case's tag, to find the cases of a tag.</summary>
internal sealed class TagRow
{
    public string Tag { get; init; } = "";
    public Guid CaseId { get; init; }

    /// <summary>As the case: most people look for open ones, of which there are few.</summary>
    public bool IsOpen { get; set; }
}

/// <summary>What somebody is writing on a case and has not sent.</summary>
internal sealed class DraftRow
{
    public Guid CaseId { get; init; }

    /// <summary>The actor, e.g. <c>agent:&lt;id&gt;</c>.</summary>
    public string Author { get; init; } = "";

    /// <summary><c>reply</c> or <c>note</c>.</summary>
    public string Kind { get; init; } = "";
    public string Name { get; set; } = "";
    public string Text { get; set; } = "";
    public bool AsksCustomer { get; set; }
    public DateTimeOffset SavedAt { get; set; }
}

/// <summary>A view of the inbox that somebody made.</summary>
internal sealed class SavedViewRow
{
    public Guid Id { get; init; }
    public string Name { get; set; } = "";

    /// <summary>The actor who made it.</summary>
    public string Author { get; init; } = "";

    /// <summary>The team that has it too; null: its author alone.</summary>
    public string? Team { get; set; }

    /// <summary>The filter, as the API has it.</summary>
    public string Filter { get; set; } = "";
}

/// <summary>A promise as lists and measures ask for it. What was promised stays on the case.</summary>
internal sealed class PromiseRow
{
    public Guid Id { get; init; }
    public Guid CaseId { get; init; }
    public PromiseSource Source { get; init; }
    public PromiseState State { get; private set; }
    public Guid? OwnerId { get; private set; }
    public string QueueId { get; private set; } = "";
    public string Category { get; private set; } = "";
    public Channel Channel { get; private set; }
    public DateTimeOffset Due { get; private set; }

    /// <summary>The day of the date that holds, where the case's calendar is: what periods are made of.</summary>
    public DateOnly DueOn { get; private set; }

    /// <summary>Its date is another one than it was first.</summary>
    public bool Moved { get; private set; }

    /// <summary>What is over stays where it was when it ended.</summary>
    public void Become(Promise promise, CaseState s, string timeZone)
    {
        if (State is PromiseState.Unknown or PromiseState.Open)
        {
            OwnerId = promise.OwnerId;
            (QueueId, Category, Channel) = (s.QueueId ?? "", s.Category, s.Channel);
            (Due, DueOn, Moved) = (promise.Due, LocalTime.DayOf(promise.Due, timeZone), promise.WasMoved);
        }
        State = promise.State;
    }
}

/// <summary>A thank-you, as measures ask for it. Its words stay on the case.</summary>
internal sealed class PraiseRow
{
    /// <summary>The contact with which it came.</summary>
    public Guid Id { get; init; }
    public Guid CaseId { get; init; }
    public Guid? AgentId { get; init; }
    public string QueueId { get; init; } = "";
    public string Category { get; init; } = "";
    public Channel Channel { get; init; }

    /// <summary>The day on which it came, where the case's calendar is.</summary>
    public DateOnly On { get; init; }
}

/// <summary>An agent is away, now or later.</summary>
internal sealed class AbsenceRow
{
    public Guid AgentId { get; init; }
    public DateTimeOffset From { get; set; }
    public DateTimeOffset Until { get; set; }
    public Guid? CoverId { get; set; }
}

/// <summary>The plan that a case of a category begins with.</summary>
internal sealed class PlanTemplateRow
{
    public string Category { get; init; } = "";
    public string Definition { get; set; } = "";
}

internal sealed class CalendarRow
{
    public string Id { get; init; } = "";
    public long Version { get; set; }
    public string Definition { get; set; } = "";
}

/// <summary>The tier of a customer who has one.</summary>
internal sealed class TierRow
{
    public Guid CustomerId { get; init; }
    public string Tier { get; set; } = "";
}

/// <summary>Something the service remembers of itself.</summary>
internal sealed class SettingRow
{
    public string Name { get; init; } = "";
    public string Value { get; set; } = "";
}

/// <summary>An agent serves a queue.</summary>
internal sealed class AgentQueueRow
{
    public Guid AgentId { get; init; }
    public string QueueId { get; init; } = "";
}

/// <summary>An agent is of a team.</summary>
internal sealed class AgentTeamRow
{
    public Guid AgentId { get; init; }
    public string Team { get; init; } = "";
}

/// <summary>The last case number given in a year.</summary>
internal sealed class NumberRow
{
    public int Year { get; init; }
    public long Last { get; set; }
}

/// <summary>How many people are there for a queue.</summary>
internal sealed class AvailabilityRow
{
    public string QueueId { get; init; } = "";
    public int Present { get; set; }
    public DateTimeOffset At { get; set; }
}

/// <summary>A call that is booked: one of the calls that fit into a slot. Its key is what keeps a slot from being booked too often.</summary>
internal sealed class CallBackRow
{
    public string QueueId { get; init; } = "";
    public DateTimeOffset StartsAt { get; init; }

    /// <summary>From 0 to the slot's capacity less one.</summary>
    public int Seat { get; init; }
    public DateTimeOffset EndsAt { get; init; }
    public Guid CaseId { get; init; }
    public Guid PromiseId { get; init; }
}

/// <summary>How far a consumer of events has read.</summary>
internal sealed class CheckpointRow
{
    /// <summary>The principal whose it is: a key or a person.</summary>
    public string Owner { get; init; } = "";
    public string Name { get; init; } = "";
    public string Cursor { get; set; } = "";
    public long Version { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
}
