using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Notifications.Domain;

/// <summary>What Notification knows of a case: whom to tell, where, in which words, and what was said. Built from the case's events.</summary>
internal sealed record Conversation
{
    /// <summary>Ids kept of a mail thread: the first, which clients group by, and the latest.</summary>
    public const int MaxReferences = 12;

    public required Guid CaseId { get; init; }
    public required string Number { get; init; }
    public required Guid CustomerId { get; set; }
    public required string Brand { get; init; }

    /// <summary>The version in the case's stream up to which this is built; an event that is not newer is left out.</summary>
    public long Version { get; set; }
    public string? CustomerName { get; set; }

    /// <summary>Where the customer wrote last, and so where they are answered.</summary>
    public Channel Channel { get; set; }
    public Identity? Address { get; set; }

    /// <summary>The newest that the customer wrote where everybody reads it.</summary>
    public Post? PublicPost { get; set; }
    public string? Language { get; set; }
    public string? TimeZone { get; set; }

    /// <summary>The zone of the calendar that the promises follow; used while the customer's own is not known.</summary>
    public string? CalendarZone { get; set; }
    public string? Subject { get; set; }
    public string Need { get; set; } = "";
    public Kind Kind { get; set; }
    public Automatic Automatic { get; set; }
    public string? OwnerName { get; set; }
    public Guid? OwnerId { get; set; }

    /// <summary>Who keeps the promises of an owner who was away, as Case decided last.</summary>
    public Guid? CoverId { get; set; }
    public string? QueueId { get; set; }
    public string? TeamName { get; set; }
    public string? Next { get; set; }
    public DateTimeOffset? By { get; set; }
    public int LinkGeneration { get; set; }

    /// <summary>Message-IDs of the thread, without angle brackets, oldest first.</summary>
    public List<string> References { get; set; } = [];

    /// <summary>Promises that are open: what an event that only names one is about.</summary>
    public List<OpenPromise> Promises { get; set; } = [];

    /// <summary>When the customer wrote last.</summary>
    public DateTimeOffset? LastContactAt { get; set; }

    /// <summary>When the customer last wrote to us alone, on a case on which they also post in public: a post opens no channel for private messages.</summary>
    public DateTimeOffset? LastDirectAt { get; set; }

    /// <summary>When automatic messages were written, by recipient; see <see cref="LoopCap"/>.</summary>
    public Dictionary<string, List<DateTimeOffset>> AutomaticAt { get; set; } = [];

    /// <summary>Confirmations of what joined the case, by recipient, since a person of ours spoke.</summary>
    public Dictionary<string, Receipts> Receipts { get; set; } = [];

    /// <summary>What waits to be told, by recipient: what comes meanwhile is told with it.</summary>
    public Dictionary<string, HeldMessage> Held { get; set; } = [];

    /// <summary>Who gets a copy of what the customer is answered, by participant.</summary>
    public Dictionary<Guid, CopiedPerson> Copies { get; set; } = [];

    /// <summary>Agents who want to hear of the case, by participant.</summary>
    public Dictionary<Guid, Guid> Followers { get; set; } = [];

    /// <summary>How the case was last given away with a note.</summary>
    public Handover? Handover { get; set; }

    /// <summary>Mails to others about the case, by side conversation: threads of their own.</summary>
    public Dictionary<Guid, SideThread> Beside { get; set; } = [];

    public static Conversation From(CaseOpened e) => new()
    {
        CaseId = e.CaseId,
        Number = e.Number,
        CustomerId = e.CustomerId,
        Brand = e.Brand,
        CustomerName = e.CustomerName,
        Channel = e.Channel,
        Address = e.From,
        Language = e.Language,
        TimeZone = e.TimeZone,
        Subject = e.Subject,
        Need = e.Need,
        Automatic = e.Automatic,
        LinkGeneration = e.LinkGeneration,
        References = MailIds.Clean(e.MessageId) is { } id ? [id] : [],
        LastContactAt = e.ReceivedAt,
        LastDirectAt = e.Visibility == Visibility.World ? null : e.ReceivedAt,
        PublicPost = Post.Of(e.Visibility, e.Channel, e.From, e.ContactId),
    };

    public void Apply(CustomerReplied e)
    {
        // A participant is answered where they wrote; the customer's own address stays what it was.
        if (e.CustomerId == CustomerId && e.Automatic == Automatic.None)
        {
            Channel = e.Channel;
            Address = e.From;
            CustomerName = e.CustomerName ?? CustomerName;
            Automatic = Automatic.None;
            LastContactAt = e.ReceivedAt;
            if (e.Visibility != Visibility.World)
                LastDirectAt = e.ReceivedAt;
        }
        else if (e.Automatic == Automatic.None)
        {
            Know(e.From.Value, e.CustomerId);
        }
        PublicPost = Post.Of(e.Visibility, e.Channel, e.From, e.ContactId) ?? PublicPost;
        if (MailIds.Clean(e.MessageId) is { } id)
            AddReference(id);
    }

    // Who was an address in copy until now has written: their wishes count from now on.
    private void Know(string address, Guid customerId)
    {
        foreach (var (id, person) in Copies.Where(copy => copy.Value.Address == address).ToList())
            Copies[id] = person with { CustomerId = customerId };
    }

    public void Apply(CaseAssigned e)
    {
        (OwnerId, OwnerName, QueueId) = (e.AgentId, e.AgentName, e.QueueId);
        if (Handover is not null && Handover.ToId != e.AgentId)
            Handover = Handover with { ToId = null };
    }

    public void Apply(CaseUnassigned e)
    {
        (OwnerId, OwnerName, QueueId) = (null, null, e.QueueId);
        if (Handover is not null)
            Handover = Handover with { ToId = null };
    }

    public void Apply(CaseAcknowledged e)
    {
        Need = e.Need;
        Kind = e.Kind;
        OwnerName = e.OwnerName;
        TeamName = e.TeamName;
        Next = e.Next;
        By = e.By;
        CalendarZone = e.TimeZone;
    }

    public void Apply(PromiseMade e) => Promises.Add(new(e.PromiseId, e.Text, e.Due, e.Owner));

    public void Apply(PromiseRenegotiated e)
    {
        var at = Promises.FindIndex(promise => promise.Id == e.PromiseId);
        if (at >= 0)
            Promises[at] = Promises[at] with { Due = e.Due };
    }

    public void Apply(CaseCovered e)
    {
        CoverId = e.AgentId;
        Keep(e.Promises, e.AgentName);
    }

    /// <summary>Somebody else keeps them from now on.</summary>
    public void Keep(IReadOnlyList<Guid> promises, string owner) =>
        Promises = Promises.ConvertAll(promise => promises.Contains(promise.Id) ? promise with { Owner = owner } : promise);

    /// <summary>The promise is settled, one way or another.</summary>
    /// <returns>What it was, or null when it is not known here.</returns>
    public OpenPromise? Settle(Guid promiseId)
    {
        var promise = Promises.Find(promise => promise.Id == promiseId);
        if (promise is not null)
            Promises.Remove(promise);
        return promise;
    }

    public void AddReference(string messageId)
    {
        References.Remove(messageId);
        References.Add(messageId);
        if (References.Count > MaxReferences)
            References.RemoveAt(1);
    }

    /// <summary>Forgets who the customer is; what remains says nothing about a person.</summary>
    public void Erase()
    {
        CustomerName = Subject = null;
        Address = null;
        PublicPost = null;
        Need = "";
        References.Clear();
        AutomaticAt.Clear();
        Receipts.Clear();
        Held.Clear();
        Beside.Clear();
        Copies.Clear();
        Promises = Promises.ConvertAll(promise => promise with { Text = "" });
    }
}

/// <param name="ById">Who gave the case away.</param>
/// <param name="ToId">Who took it; null once somebody else has it.</param>
internal sealed record Handover(Guid? ById, Guid? ToId);

/// <summary>Somebody in copy.</summary>
/// <param name="CustomerId">Whom Intake knows them as, once they have written.</param>
internal sealed record CopiedPerson(string? Name, string Address, Guid? CustomerId = null);

/// <summary>A message that waits, and in a few words what it and those collected in it say.</summary>
internal sealed record HeldMessage(Guid MessageId, DateTimeOffset Due, IReadOnlyList<string> Items);

/// <summary>Whom staff asks beside, and what was said to them: Message-IDs without angle brackets, oldest first.</summary>
internal sealed record SideThread
{
    public required int Ordinal { get; init; }

    /// <summary>Who asked.</summary>
    public Guid? AgentId { get; init; }
    public required string Address { get; init; }
    public string? Name { get; init; }
    public required string Subject { get; init; }
    public List<string> References { get; init; } = [];
}

/// <summary>A public post, and whose it is.</summary>
internal sealed record Post(Channel Channel, string Handle, Guid ContactId)
{
    public static Post? Of(Visibility? visibility, Channel channel, Identity from, Guid contactId) =>
        visibility == Visibility.World ? new(channel, from.Value, contactId) : null;
}

internal sealed record OpenPromise(Guid Id, string Text, DateTimeOffset Due, string Owner);

/// <summary>Message-IDs as they may stand in a header field (RFC 5322 section 3.6.4).</summary>
internal static class MailIds
{
    /// <summary>Without angle brackets; null for what no mail client could have written as an id.</summary>
    public static string? Clean(string? id)
    {
        if (id is null)
            return null;
        var bare = id.Trim().TrimStart('<').TrimEnd('>');
        var at = bare.IndexOf('@', StringComparison.Ordinal);
        return bare.Length <= 250 && at > 0 && at == bare.LastIndexOf('@') && at < bare.Length - 1 && bare.All(c => c is > ' ' and < (char)127 and not ('<' or '>'))
            ? bare
            : null;
    }
}
