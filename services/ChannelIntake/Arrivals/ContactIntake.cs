using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Messaging;
using Microsoft.Extensions.Logging;

namespace CxPlatform.Intake;

/// <summary>The one way in for every channel: an arrival is durable when this answers, or the sender is told to come again.</summary>
internal sealed class ContactIntake(
    GroupCommit<IntakeDb, ReadyArrival, Outcome<Receipt>> writer,
    IBlobs blobs,
    TimeProvider clock,
    Metrics metrics,
    ILogger<ContactIntake> log)
{
    // Longer than any healthy commit, shorter than providers' patience.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public DateTimeOffset Now => Time.Truncate(clock.GetUtcNow());

    /// <summary>An id for a contact: time-ordered, so that rows lie together.</summary>
    public Guid NewId() => Guid.CreateVersion7(clock.GetUtcNow());

    public async Task<Outcome<Receipt>> AcceptAsync(Arrival arrival, CancellationToken ct)
    {
        metrics.Received(arrival.Channel);
        var started = Stopwatch.GetTimestamp();
        try
        {
            var ready = await PrepareAsync(arrival, ct);
            var outcome = await writer.SubmitAsync(ready, ct).WaitAsync(Patience, ct);
            if (outcome.IsRefused)
                metrics.Refused(arrival.Channel);
            else
                metrics.Stored(arrival.Channel, outcome.Value.Duplicate, Stopwatch.GetElapsedTime(started));
            return outcome;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The sender went away; the contact may well be stored, and a retry finds it by its provider id.
            metrics.Failed(arrival.Channel);
            throw;
        }
#pragma warning disable CA1031 // Whatever kept it from being stored, the sender must keep its contact and come again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            metrics.Failed(arrival.Channel);
            log.NotStored(e, Words.Of(arrival.Channel), e.GetType().Name);
            return new Refusal(
                "contact-unavailable", "We cannot store contacts right now; nothing was accepted. Please try again shortly.");
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
        };
        string? rawBlob = null;
        if (arrival.Raw.Length > Limits.InlineRaw || truncated)
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
