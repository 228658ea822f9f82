using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Storage;
using CxPlatform.Messaging;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Cases.Drafts;

/// <summary>What can be left unfinished.</summary>
internal enum DraftKind
{
    Unknown,
    Reply,
    Note,
}

internal sealed record Draft(DraftKind Kind, string Text, bool AsksCustomer, DateTimeOffset SavedAt);

/// <summary>Somebody else is writing something; what it says is their own until it is sent.</summary>
internal sealed record ColleaguesDraft(DraftKind Kind, string Name, DateTimeOffset SavedAt);

internal sealed record CaseDrafts(IReadOnlyList<Draft> Mine, IReadOnlyList<ColleaguesDraft> Others);

/// <summary>What people have begun to write on a case: saved as they type, gone when it is sent.</summary>
internal sealed class DraftBook(Work<CaseDb> work)
{
    public const int MaxText = 20_000;

    /// <param name="author">The actor who looks.</param>
    public Task<CaseDrafts> ReadAsync(Guid caseId, string author, CancellationToken ct) => work.ReadAsync(
        async (db, token) =>
        {
            var rows = await db.Drafts.Where(row => row.CaseId == caseId).OrderBy(row => row.SavedAt).ToListAsync(token);
            return new CaseDrafts(
                [.. rows.Where(row => row.Author == author).Select(row => new Draft(KindOf(row), row.Text, row.AsksCustomer, row.SavedAt))],
                [.. rows.Where(row => row.Author != author).Select(row => new ColleaguesDraft(KindOf(row), row.Name, row.SavedAt))]);
        },
        ct);

    /// <summary>Saves it; an empty one is none.</summary>
    public async Task<Outcome<Done>> SaveAsync(
        Guid caseId, DraftKind kind, string author, string name, string text, bool asksCustomer, CancellationToken ct)
    {
        if (text.Length > MaxText)
            return new Refusal("text-invalid", $"must be at most {MaxText} characters.", "text");
        return await work.RunAsync<Unit<CaseDb>, Outcome<Done>>(
            async (unit, token) =>
            {
                if (await unit.Db.Cases.FindAsync([caseId], token) is null)
                    return new Refusal("case-not-found", "There is no such case.");
                var row = await unit.Db.Drafts.FindAsync([caseId, author, kind.ToString()], token);
                if (string.IsNullOrWhiteSpace(text))
                {
                    if (row is not null)
                        unit.Db.Drafts.Remove(row);
                    return Done.Value;
                }
                Write(unit.Db, row, caseId, kind, author, name, text, asksCustomer, unit.Now);
                return Done.Value;
            },
            ct);
    }

    /// <summary>What becomes of its author's draft when something is done: what was sent is no draft any more, and what was taken back is
    /// one again, before what has been begun since.</summary>
    /// <param name="before">The case before the command.</param>
    public static async Task FollowAsync(CaseStore store, CaseState before, CaseCommand command, string author, string name, CancellationToken ct)
    {
        if (command is CancelReply cancel && before.Scheduled.FirstOrDefault(r => r.MessageId == cancel.MessageId) is { } taken)
        {
            var row = await store.Db.Drafts.FindAsync([before.Id, author, nameof(DraftKind.Reply)], ct);
            var text = string.IsNullOrWhiteSpace(row?.Text) ? taken.Text : $"{taken.Text}\n\n{row.Text}";
            Write(store.Db, row, before.Id, DraftKind.Reply, author, name, text, taken.AsksCustomer, store.Now);
        }
        else if (command is SendReply or ScheduleReply or AddNote)
        {
            var kind = command is AddNote ? DraftKind.Note : DraftKind.Reply;
            if (await store.Db.Drafts.FindAsync([before.Id, author, kind.ToString()], ct) is { } sent)
                store.Db.Drafts.Remove(sent);
        }
    }

    private static void Write(
        CaseDb db, DraftRow? row, Guid caseId, DraftKind kind, string author, string name, string text, bool asksCustomer, DateTimeOffset now)
    {
        if (row is null)
            db.Drafts.Add(row = new() { CaseId = caseId, Author = author, Kind = kind.ToString() });
        row.Name = name;
        row.Text = text;
        row.AsksCustomer = asksCustomer;
        row.SavedAt = now;
    }

    private static DraftKind KindOf(DraftRow row) => Enum.TryParse<DraftKind>(row.Kind, out var kind) ? kind : DraftKind.Unknown;
}
