using CxPlatform.Contracts;
using CxPlatform.Intake.Contacts;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake.Channels.Twilio;

/// <summary>Where a call is: the case that the first contact about it opened, and who called.</summary>
internal sealed record CallThread(Guid CaseId, Identity From);

/// <summary>Finds what is stored of a call. Twilio does not promise an order: a recording may come before the call that it is of.</summary>
internal sealed class CallThreads(Work<IntakeDb> work)
{
    private const int Recent = 50;
    private static readonly string Voice = Words.Of(Channel.Voice);

    public Task<CallThread?> FindAsync(string call, Identity? caller, CancellationToken ct) => work.ReadAsync(
        async (db, token) =>
        {
            var contact = await db.Contacts.Where(row => row.Channel == Voice && row.ProviderId == call).FirstOrDefaultAsync(token);
            // Without the call itself: among what its caller, or the call when the caller was not told, brought lately.
            contact ??= await OfAsync(db, new(IdentityKind.ExternalId, call), call, token);
            if (contact is null && caller is not null)
                contact = await OfAsync(db, caller, call, token);
            if (contact is null || contact.ErasedAt is not null)
                return null;
            var document = ContactView.DocumentOf(contact);
            // A case has the id of the contact that opened it, unless that one joined what came before it.
            return new CallThread(document.Evidence?[0].CaseId ?? contact.Id, document.From);
        },
        ct);

    private static async Task<ContactRow?> OfAsync(IntakeDb db, Identity caller, string call, CancellationToken ct)
    {
        var (kind, value) = (Words.Of(caller.Kind), caller.Value);
        if (await db.Identities.FirstOrDefaultAsync(row => row.Kind == kind && row.Value == value, ct) is not { } known)
            return null;
        var lately = await db.Contacts.Where(row => row.CustomerId == known.CustomerId)
            .OrderByDescending(row => row.ReceivedAt).ThenByDescending(row => row.Id).Take(Recent).ToListAsync(ct);
        return lately.FindLast(row => row.Channel == Voice && row.ProviderId.StartsWith(call + "/", StringComparison.Ordinal));
    }
}
