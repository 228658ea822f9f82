using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Intake.Customers;

/// <summary>Which case a contact opened or joined: what a customer's history leads to.</summary>
internal sealed class CaseEvents(Unit<IntakeDb> unit) : IHandle<CaseOpened>, IHandle<CustomerReplied>
{
    public Task HandleAsync(CaseOpened e, EventEnvelope envelope, CancellationToken ct) => NoteAsync(e.ContactId, e.Number, ct);

    public Task HandleAsync(CustomerReplied e, EventEnvelope envelope, CancellationToken ct) => NoteAsync(e.ContactId, e.Number, ct);

    // What was written on a status page never came through here, and is nowhere to be found.
    private Task NoteAsync(Guid contactId, string number, CancellationToken ct) =>
        unit.Db.Contacts.Where(contact => contact.Id == contactId)
            .ExecuteUpdateAsync(set => set.SetProperty(contact => contact.CaseNumber, number), ct);
}
