using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Intake.Customers;

/// <summary>Which case a contact opened or joined: what a customer's history leads to. Those of a batch are noted at once.</summary>
internal sealed class CaseEvents(Unit<IntakeDb> unit) : IHandle<CaseOpened>, IHandle<CustomerReplied>, IHandle<SideMessageReceived>, IPrefetch<IntakeDb>
{
    // What was written on a status page never came through here, and is nowhere to be found.
    private static readonly SetStatement<ContactCase> Note = new(
        new Columns<ContactCase>().Uuid("id", row => row.ContactId).Text("number", row => row.Number),
        "update contacts set case_number = rows.number from rows where contacts.id = rows.id",
        "update contacts set case_number = @number where id = @id");

    private readonly HashSet<Guid> _noted = [];

    public Task PrefetchAsync(IReadOnlyList<object> batch, CancellationToken ct) => NoteAsync([.. batch.SelectMany(ContactOf)], ct);

    public Task HandleAsync(CaseOpened e, EventEnvelope envelope, CancellationToken ct) => NoteAsync([.. ContactOf(e)], ct);

    public Task HandleAsync(CustomerReplied e, EventEnvelope envelope, CancellationToken ct) => NoteAsync([.. ContactOf(e)], ct);

    public Task HandleAsync(SideMessageReceived e, EventEnvelope envelope, CancellationToken ct) => NoteAsync([.. ContactOf(e)], ct);

    private static IEnumerable<ContactCase> ContactOf(object e) => e switch
    {
        CaseOpened x => [new(x.ContactId, x.Number)],
        CustomerReplied x => [new(x.ContactId, x.Number)],
        SideMessageReceived x => [new(x.ContactId, x.Number)],
        _ => [],
    };

    private Task NoteAsync(List<ContactCase> cases, CancellationToken ct) =>
        Note.RunAsync(unit, cases.FindAll(row => _noted.Add(row.ContactId)), ct);

    private sealed record ContactCase(Guid ContactId, string Number);
}
