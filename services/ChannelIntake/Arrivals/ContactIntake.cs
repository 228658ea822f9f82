using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Messaging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CxPlatform.Intake;

/// <summary>The one way in for every channel: an arrival is durable when this answers, or the sender is told to come again.</summary>
internal sealed class ContactIntake(
    GroupCommit<IntakeDb, ReadyArrival, Outcome<Receipt>> writer,
    Work<IntakeDb> work,
    IBlobs blobs,
    TimeProvider clock,
    IOptions<IntakeOptions> options,
    Metrics metrics,
    ILogger<ContactIntake> log)
{
    // Longer than any healthy commit, shorter than providers' patience.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static readonly Refusal Unavailable =
        new("contact-unavailable", "We cannot store contacts right now; nothing was accepted. Please try again shortly.");

    public DateTimeOffset Now => Time.Truncate(clock.GetUtcNow());

    /// <summary>An id for a contact: time-ordered, so that rows lie together.</summary>
    public Guid NewId() => Guid.CreateVersion7(clock.GetUtcNow());

    public async Task<Outcome<Receipt>> AcceptAsync(Arrival arrival, CancellationToken ct)
    {
        metrics.Received(arrival.Channel);
        var started = Stopwatch.GetTimestamp();
        var outcome = await DurablyAsync(arrival.Channel, () => SubmitAsync(arrival, ct), ct);
        if (outcome.Refusal != Unavailable)
            metrics.Settled(arrival.Channel, outcome, Stopwatch.GetElapsedTime(started));
        return outcome;
    }

    /// <summary>Stores it together with whatever else comes in at the moment.</summary>
    public async Task<Outcome<Receipt>> SubmitAsync(Arrival arrival, CancellationToken ct) =>
        await writer.SubmitAsync(await PrepareAsync(arrival, ct), ct).WaitAsync(Patience, ct);

    /// <summary>Stores it in a transaction of its own, also where no host is running.</summary>
    public async Task<Outcome<Receipt>> StoreAloneAsync(Arrival arrival, CancellationToken ct)
    {
        var ready = await PrepareAsync(arrival, ct);
        return await work.RunAsync<StoreAlone, Outcome<Receipt>>((alone, token) => alone.HandleAsync(ready, token), ct);
    }

    /// <summary>Runs what makes an arrival durable; when it cannot, the sender must keep it and come again.</summary>
    public async Task<Outcome<T>> DurablyAsync<T>(Channel channel, Func<Task<Outcome<T>>> store, CancellationToken ct)
    {
        try
        {
            return await store();
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The sender went away; the contact may well be stored, and a retry finds it by its provider id.
            metrics.Failed(channel);
            throw;
        }
        catch (BadHttpRequestException)
        {
            // The sender's own: too large, or cut off. It is told which.
            metrics.Refused(channel);
            throw;
        }
#pragma warning disable CA1031 // Whatever kept it from being stored, nothing may be promised.
        catch (Exception e)
#pragma warning restore CA1031
        {
            metrics.Failed(channel);
            log.NotStored(e.WithoutWords(), Words.Of(channel), e.GetType().Name);
            return Unavailable;
        }
    }

    /// <summary>Everything that needs no transaction, on the submitter's own thread: the writer is one, and hot.</summary>
    private async Task<ReadyArrival> PrepareAsync(Arrival arrival, CancellationToken ct)
    {
        var text = Limits.CutBytes(arrival.Text, Limits.EventText);
        var truncated = text.Length < arrival.Text.Length;
        arrival = arrival with
        {
            Text = text,
            ProviderId = ShortProviderId(arrival.ProviderId),
            Language = arrival.Language ?? Language.Guess(text),
            State = arrival.Spam.Score >= options.Value.Spam.HoldAt ? ContactState.Held : ContactState.Accepted,
        };
        var rawBlob = arrival.RawBlob;
        if (rawBlob is null && (arrival.Raw.Length > Limits.InlineRaw || truncated))
            rawBlob = (await blobs.PutAsync(arrival.Raw, ct)).Hash;
        return new(arrival, JsonSerializer.Serialize(ContactDocument.Of(arrival, truncated), EventTypes.Json), rawBlob);
    }

    private static string ShortProviderId(string id) => id.Length <= Limits.ProviderId
        ? id
        : "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)));
}

/// <summary>An arrival with its row's document written and its blobs put.</summary>
internal sealed record ReadyArrival(Arrival Arrival, string Document, string? RawBlob)
{
    public IEnumerable<string> Blobs =>
        Arrival.Attachments.Select(attachment => attachment.Blob).Concat(RawBlob is null ? [] : [RawBlob]).Distinct();
}

/// <summary>A group of one, in the transaction of its scope.</summary>
internal sealed class StoreAlone(Unit<IntakeDb> unit, IGroupWriter<IntakeDb, ReadyArrival, Outcome<Receipt>> writer)
{
    public async Task<Outcome<Receipt>> HandleAsync(ReadyArrival ready, CancellationToken ct) =>
        (await writer.WriteAsync(unit, [new(ready, Ambient.Current, Activity.Current?.Context ?? default)], ct))[0];
}
