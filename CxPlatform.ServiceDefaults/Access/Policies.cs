namespace CxPlatform.ServiceDefaults;

/// <summary>What an API key may do. A key with <see cref="Admin"/> may do everything.</summary>
public static class Scopes
{
    public const string Intake = "intake";
    public const string Events = "events";
    public const string CasesRead = "cases:read";
    public const string CasesWrite = "cases:write";
    public const string Admin = "admin";

    public static IReadOnlyList<string> All { get; } = [Intake, Events, CasesRead, CasesWrite, Admin];
}

/// <summary>What a person may do; each includes the ones before it.</summary>
public static class Roles
{
    public const string Agent = "agent";
    public const string Lead = "lead";
    public const string Admin = "admin";

    public static IReadOnlyList<string> All { get; } = [Agent, Lead, Admin];
}

/// <summary>Names for <c>.RequireAuthorization(...)</c>.</summary>
public static class Policies
{
    /// <summary>Scope intake: push contacts in.</summary>
    public const string Intake = "cx-intake";

    /// <summary>Scope intake or cases:read, or an agent: see what would be made of a contact.</summary>
    public const string IntakeOrCasesRead = "cx-intake-or-cases-read";

    /// <summary>Scope events: read the feed and the live stream, and keep checkpoints of one's own.</summary>
    public const string EventsRead = "cx-events-read";

    /// <summary>Scope cases:read, or an agent.</summary>
    public const string CasesRead = "cx-cases-read";

    /// <summary>Scope cases:write, or an agent.</summary>
    public const string CasesWrite = "cx-cases-write";

    /// <summary>Scope or role admin.</summary>
    public const string Admin = "cx-admin";

    /// <summary>Scope admin, or a lead: hand out or forget all that is known of somebody.</summary>
    public const string PersonalData = "cx-personal-data";

    /// <summary>A person with role agent, lead or admin: the desk.</summary>
    public const string Agent = "cx-agent";

    /// <summary>A person with role lead or admin.</summary>
    public const string Lead = "cx-lead";
}
