using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Domain;
using CxPlatform.Notifications.Storage;
using Channel = CxPlatform.Contracts.Channel;

namespace CxPlatform.Notifications.Sending;

/// <summary>A message that this process has claimed.</summary>
/// <param name="Until">When the claim ends unless it is renewed, and anybody may take the message.</param>
/// <param name="Attempt">The number of this attempt, from 1.</param>
/// <param name="Late">Its case was told that it is late.</param>
/// <param name="Stop">Why it is not to be sent after all.</param>
internal sealed record OutgoingMessage(
    Guid Id, Guid Claim, DateTimeOffset Until, Guid EventId, Guid? CaseId, Guid? CustomerId, Reach To, string Template, Weight Weight, MessageContent Content, int Attempt,
    DateTimeOffset CreatedAt, Guid CorrelationId, string? Trace, bool Late = false, string? Stop = null, Guid? AgentId = null)
{
    /// <summary>The case whose conversation it is part of: what agents are told is not.</summary>
    public Guid? SaidOn => AgentId is null ? CaseId : null;

    public static OutgoingMessage From(PendingMessage message)
    {
        var row = message.Row;
        return new(
            row.Id, row.Claim!.Value, row.Due, row.EventId, row.CaseId, row.CustomerId, new(row.Channel, row.Recipient), row.Template, row.Weight, message.Content,
            row.Attempts + 1, row.CreatedAt, row.CorrelationId, row.Trace, row.Late, message.Stop, row.AgentId);
    }
}

/// <summary>What this process has claimed and has yet to send; a queue per channel, so that one provider's slowness is not another's.</summary>
internal sealed class Postbox(TimeProvider clock)
{
    /// <summary>How long a claim holds unless it is renewed: what a process had claimed when it died waits no longer than this.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    /// <summary>A claim with less than this left is renewed.</summary>
    private static readonly TimeSpan RenewBelow = Lease * 2 / 3;

    /// <summary>No attempt begins with less than this left: its process cannot renew, and another one is about to take over.</summary>
    private static readonly TimeSpan BeginAbove = Lease / 3;

    /// <summary>When this process began to claim; claims that end before a lease from then are of an earlier life.</summary>
    public DateTimeOffset Since { get; } = Time.Truncate(clock.GetUtcNow());

    /// <summary>Per channel: enough to keep every sender busy, little enough to leave work for other processes.</summary>
    public const int Capacity = 1000;

    private readonly FrozenDictionary<Channel, Channel<OutgoingMessage>> _queues =
        new[] { Channel.Email, Channel.Sms, Channel.Whatsapp, Channel.Social }.ToFrozenDictionary(channel => channel, _ => System.Threading.Channels.Channel.CreateUnbounded<OutgoingMessage>());

    // Waiting or being sent, by message.
    private readonly ConcurrentDictionary<Guid, OutgoingMessage> _held = new();

    private TaskCompletionSource _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How many more messages may be claimed.</summary>
    public int Room(Channel channel) => Math.Max(0, Capacity - _queues[channel].Reader.Count);

    public void Post(OutgoingMessage message)
    {
        _held[message.Id] = message;
        _queues[message.To.Channel].Writer.TryWrite(message);
    }

    /// <summary>Whether the message is surely still this process's to send.</summary>
    public bool MayBegin(OutgoingMessage message, DateTimeOffset now) => _held.TryGetValue(message.Id, out var held) && now < held.Until - BeginAbove;

    /// <summary>Nothing more will be done with it.</summary>
    public void Done(OutgoingMessage message) => _held.TryRemove(message.Id, out _);

    /// <summary>What will not be done before its claim could end.</summary>
    public IReadOnlyList<OutgoingMessage> ToRenew(DateTimeOffset now) => [.. _held.Values.Where(message => message.Until - now < RenewBelow)];

    public void Renewed(OutgoingMessage message, DateTimeOffset until) => _held.TryUpdate(message.Id, message with { Until = until }, message);

    /// <summary>There may be messages to claim.</summary>
    public void Wake() => Interlocked.Exchange(ref _woken, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>Completes at the next <see cref="Wake"/>; take it before looking for messages.</summary>
    public Task Woken => Volatile.Read(ref _woken).Task;

    public IAsyncEnumerable<OutgoingMessage> TakeAsync(Channel channel, CancellationToken ct) => _queues[channel].Reader.ReadAllAsync(ct);

    public bool TryTake([MaybeNullWhen(false)] out OutgoingMessage message)
    {
        foreach (var queue in _queues.Values)
            if (queue.Reader.TryRead(out message))
                return true;
        message = null;
        return false;
    }
}
