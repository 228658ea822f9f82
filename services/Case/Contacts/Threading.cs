using System.Globalization;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Contacts;

/// <summary>The case that a contact belongs to.</summary>
/// <param name="SideConversationId">It belongs beside: to what somebody else was asked there.</param>
internal sealed record FoundThread(CaseRow Case, EvidenceKind By, Guid? SideConversationId = null);

/// <summary>Decides which case a contact belongs to. Intake brings evidence; here is decided what it is worth.</summary>
internal sealed class Threading(CaseStore store, Tokens tokens)
{
    /// <summary>How long a conversation on a channel without threads goes on after its last word.</summary>
    public static readonly TimeSpan Conversation = TimeSpan.FromHours(72);

    // The strongest first.
    private static readonly EvidenceKind[] GivenOut =
        [EvidenceKind.SideToken, EvidenceKind.ReplyToken, EvidenceKind.Explicit, EvidenceKind.MessageId, EvidenceKind.BouncedMessage];

    public async Task<FoundThread?> FindAsync(ContactReceived contact, CancellationToken ct)
    {
        // What we gave out ourselves counts first, and for whoever uses it; what anybody could write in a subject counts last, and only for
        // those on the case.
        foreach (var kind in GivenOut)
            foreach (var evidence in contact.Evidence.Where(evidence => evidence.Kind == kind))
                if (await NamedAsync(evidence, ct) is { } named)
                {
                    // What was asked beside is kept where it was asked; all else that was given out for a case that is part of another one by now
                    // leads there.
                    var lead = await store.LeadAsync(named, ct);
                    return await BesideAsync(named, lead, evidence, contact, ct) ?? new(lead, kind);
                }
        if (await ConversationAsync(contact, ct) is { } running)
            return new(await store.LeadAsync(running, ct), EvidenceKind.Conversation);
        foreach (var evidence in contact.Evidence.Where(evidence => evidence.Kind == EvidenceKind.SubjectNumber))
            if (await NamedAsync(evidence, ct) is { } named)
            {
                var lead = await store.LeadAsync(named, ct);
                if (lead.Case.Includes(contact.CustomerId, contact.From))
                    return new(lead, EvidenceKind.SubjectNumber);
                if (await BesideAsync(named, lead, evidence, contact, ct) is { } beside)
                    return beside;
            }
        return null;
    }

    /// <summary>The side conversation that it belongs to, if it is one's: of the case that was named, or of the others that are one with it. The
    /// customer's own words are never taken aside, whatever address they found.</summary>
    private async Task<FoundThread?> BesideAsync(CaseRow named, CaseRow lead, Evidence evidence, ContactReceived contact, CancellationToken ct)
    {
        if (named.CustomerId == contact.CustomerId || lead.CustomerId == contact.CustomerId)
            return null;
        foreach (var row in (await store.WholeAsync(lead, ct)).OrderByDescending(one => one.Id == named.Id))
            if (BesideOf(row.Case, lead.Case, evidence, contact) is { } side)
                return new(row, evidence.Kind, side);
        return null;
    }

    // What a party of a side conversation sends to the case's own address by mistake is taken aside, too.
    private Guid? BesideOf(CaseState s, CaseState lead, Evidence evidence, ContactReceived contact)
    {
        if (s.SideConversations.Count == 0)
            return null;
        if (evidence.Kind == EvidenceKind.SideToken && evidence.CaseId == s.Id)
            return s.SideConversations.FirstOrDefault(side => side.Ordinal.ToString(CultureInfo.InvariantCulture) == evidence.Value)?.Id;
        if (evidence.Kind is EvidenceKind.MessageId or EvidenceKind.BouncedMessage
            && tokens.TryReadMessageId(evidence.Value, out var message, out _) && s.SideWritten(message) is { } written)
            return written.Id;
        return s.Includes(contact.CustomerId, contact.From) || lead.Includes(contact.CustomerId, contact.From) ? null : s.SideWith(contact.From)?.Id;
    }

    private async Task<CaseRow?> NamedAsync(Evidence evidence, CancellationToken ct) =>
        evidence.CaseId is { } id ? await store.FindAsync(id, ct)
        : Guid.TryParse(evidence.Value, out id) ? await store.FindAsync(id, ct)
        : CaseNumber.IsOne(evidence.Value) ? await store.FindAsync(evidence.Value, ct)
        : null;

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
