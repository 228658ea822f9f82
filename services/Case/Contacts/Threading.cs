using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Contacts;

/// <summary>Decides which case a contact belongs to. Intake brings evidence; here is decided what it is worth.</summary>
internal sealed class Threading(CaseStore store)
{
    /// <summary>How long a conversation on a channel without threads goes on after its last word.</summary>
    public static readonly TimeSpan Conversation = TimeSpan.FromHours(72);

    public async Task<(CaseRow Case, EvidenceKind By)?> FindAsync(ContactReceived contact, CancellationToken ct)
    {
        // What we gave out ourselves counts first, and for whoever uses it; what anybody could write in a subject counts last, and only for
        // those on the case.
        foreach (var kind in (EvidenceKind[])[EvidenceKind.ReplyToken, EvidenceKind.Explicit, EvidenceKind.MessageId, EvidenceKind.BouncedMessage])
            foreach (var evidence in contact.Evidence.Where(evidence => evidence.Kind == kind))
                if (await NamedAsync(evidence, ct) is { } named)
                    return (named, kind);
        if (await ConversationAsync(contact, ct) is { } running)
            return (await store.LeadAsync(running, ct), EvidenceKind.Conversation);
        foreach (var evidence in contact.Evidence.Where(evidence => evidence.Kind == EvidenceKind.SubjectNumber))
            if (await NamedAsync(evidence, ct) is { } named && named.Case.Includes(contact.CustomerId, contact.From))
                return (named, EvidenceKind.SubjectNumber);
        return null;
    }

    // What was given out for a case that is part of another one by now leads there.
    private async Task<CaseRow?> NamedAsync(Evidence evidence, CancellationToken ct)
    {
        var named = evidence.CaseId is { } id ? await store.FindAsync(id, ct)
            : Guid.TryParse(evidence.Value, out id) ? await store.FindAsync(id, ct)
            : CaseNumber.IsOne(evidence.Value) ? await store.FindAsync(evidence.Value, ct)
            : null;
        return named is null ? null : await store.LeadAsync(named, ct);
    }

    // Texting has no threads: who writes again within three days, or whom we have asked something, goes on with what was being talked
    // about. Whom we asked in public to write to us alone does so on the same channel.
    private async Task<CaseRow?> ConversationAsync(ContactReceived contact, CancellationToken ct)
    {
        if (contact.Channel is not (Channel.Sms or Channel.Whatsapp or Channel.Chat or Channel.Social))
            return null;
        var since = store.Now - Conversation;
        // The provider has signed for a number, so it is the customer's: a text may go on with what they wrote elsewhere.
        var elsewhere = contact.Channel is Channel.Sms or Channel.Whatsapp;
        var (customer, channel) = (contact.CustomerId, contact.Channel);
        await store.Db.Cases.AsTracking()
            .Where(row => row.CustomerId == customer && (row.LastActivityAt >= since || row.Status == CaseStatus.WaitingOnCustomer) && (row.Channel == channel || (elsewhere && row.Status != CaseStatus.Closed)))
            .OrderByDescending(row => row.Channel == channel).ThenByDescending(row => row.IsOpen)
            .ThenByDescending(row => row.LastActivityAt).Take(3).LoadAsync(ct);
        // Cases that this very transaction opened are not in the database yet, but they are here.
        var recent = store.Db.Cases.Local
            .Where(row => row.CustomerId == customer && (row.Status != CaseStatus.Closed || row.Case.MergedInto is not null)
                && (row.LastActivityAt >= since || row.Status == CaseStatus.WaitingOnCustomer))
            .OrderByDescending(row => row.IsOpen).ThenByDescending(row => row.LastActivityAt).ToList();
        if (recent.Find(row => row.Channel == channel) is { } running)
            return running;
        // Of two that are open, who could tell which is meant?
        return !elsewhere ? null : recent.FindAll(row => row.IsOpen) switch
        {
            [var open] => open,
            [] when recent is [var over] => over,
            _ => null,
        };
    }
}
