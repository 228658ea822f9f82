using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace CxPlatform.Cases.Contacts;

/// <summary>A contact becomes a case, or joins the one it belongs to.</summary>
internal sealed class OnContactReceived(CaseStore store, Threading threading, ILogger<OnContactReceived> log) : IHandle<ContactReceived>
{
    public async Task HandleAsync(ContactReceived e, EventEnvelope envelope, CancellationToken ct)
    {
        e = e with { Cc = await WithoutColleaguesAsync(e.Cc, ct) };
        var found = await threading.FindAsync(e, ct);
        // The customer acts here, not the platform; a machine that writes is nobody, and whoever was asked beside is no customer.
        using var actor = Ambient.Use(e.Automatic == Automatic.None && found?.SideConversationId is null
            ? Ambient.Current with { Actor = $"customer:{e.CustomerId}" } : Ambient.Current);
        if (found is { } thread)
        {
            CaseCommand command = thread.SideConversationId is { } side ? new HearAside(e, side, thread.By) : new JoinContact(e, thread.By);
            var joined = await store.ActAsync(thread.Case.Id, command, ct);
            if (!joined.IsRefused)
            {
                if (thread is { SideConversationId: { } heard, Case.Case.MergedInto: not null } && e.Automatic == Automatic.None)
                    await store.ActAsync((await store.LeadAsync(thread.Case, ct)).Id, new AsideOver(heard), ct);
                return;
            }
            log.NotDone(thread.Case.Id, command.GetType().Name, envelope.Type, joined.Refusal.Code);
        }
        // The case's id is the contact's: the same contact can never open two.
        var opened = await store.OpenAsync(new(e.ContactId, "", e, found?.Case.Id, found?.Case.Number), ct);
        if (found is { Case: var before } && !opened.IsRefused)
            await store.ActAsync(before.Id, new LinkCase(LinkKind.FollowedBy, e.ContactId, opened.Value.Number, null), ct);
    }

    /// <summary>Who works here follows a case; they are no participant whose copies go to a mailbox of their own.</summary>
    private async Task<IReadOnlyList<PersonInCopy>> WithoutColleaguesAsync(IReadOnlyList<PersonInCopy> people, CancellationToken ct)
    {
        if (people.Count == 0)
            return people;
        var addresses = people.Select(person => person.Address).ToList();
        var colleagues = await store.Db.Agents.Where(agent => addresses.Contains(agent.Email!)).Select(agent => agent.Email).ToListAsync(ct);
        return [.. people.Where(person => !colleagues.Contains(person.Address))];
    }
}
