namespace CxPlatform.Messaging;

/// <summary>Handles one kind of event. Runs inside the transaction of the batch that brought the event: what it changes
/// through the module's context and <see cref="Unit{TDb}"/> commits together with the inbox row, or not at all.</summary>
/// <remarks>An exception that is not transient parks the event (see <see cref="Parking"/>). Do no I/O other than the module's database here.</remarks>
public interface IHandle<in TEvent>
{
    Task HandleAsync(TEvent e, EventEnvelope envelope, CancellationToken ct);
}

/// <summary>Hears of every event that comes from other modules' logs, as it stands there: once, in order, in the transaction of the batch and before its
/// handlers, and also of one that a handler cannot cope with. Optional; what it does may fail with the database only.</summary>
public interface IObserve<TDb>
    where TDb : ModuleDb
{
    /// <param name="source">The module that owns the log.</param>
    Task ObserveAsync(string source, IReadOnlyList<LoggedEvent> events, CancellationToken ct);
}

/// <summary>Loads in one go what the handlers of a batch of events or timers are about to ask for one by one, into the module's context of the batch's
/// transaction. Optional, and only ever a saving: handlers find what was not loaded by themselves.</summary>
public interface IPrefetch<TDb>
    where TDb : ModuleDb
{
    /// <param name="batch">The contracts or the timers' data, in the order in which they are handled.</param>
    Task PrefetchAsync(IReadOnlyList<object> batch, CancellationToken ct);
}

/// <summary>Handles one kind of timer when it is due: never early, once, in order of due time.</summary>
/// <remarks>A timer is a command that states what it expects; one that no longer applies does nothing.</remarks>
public interface IHandleTimer<in TTimer>
{
    Task HandleAsync(TTimer timer, TimerContext context, CancellationToken ct);
}

/// <param name="Key">The timer's unique key.</param>
/// <param name="Due">When it was due, UTC.</param>
/// <param name="Now">When it runs, UTC; never before <paramref name="Due"/>.</param>
public sealed record TimerContext(string Key, DateTimeOffset Due, DateTimeOffset Now);

/// <summary>The stored name of a timer's type; the class may be renamed, the name may not.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class TimerTypeAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>Everything about an event but its data.</summary>
/// <param name="Id">Unique over all services.</param>
/// <param name="Owner">The module in whose log it stands.</param>
/// <param name="Position">Its place in the owner's log; position order is commit order.</param>
/// <param name="Stream">What it is about, e.g. <c>case/0198...</c>.</param>
/// <param name="Version">Its place in the stream, from 1.</param>
/// <param name="Type">The contract's name, e.g. <c>case.opened.v1</c>.</param>
/// <param name="Time">When it happened, UTC, microseconds.</param>
public sealed record EventEnvelope(
    Guid Id, string Owner, long Position, string Stream, long Version, string Type, DateTimeOffset Time, string Actor, Guid CorrelationId, Guid? CausationId, string? Trace);
