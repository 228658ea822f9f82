using System.Globalization;
using System.Text.Json;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Templating;
using CxPlatform.ServiceDefaults;
using CxPlatform.ServiceDefaults.Pages;

namespace CxPlatform.Notifications.Agents;

/// <summary>"My notices": what an agent was told, and how they want to be told.</summary>
internal static class NoticePages
{
    public const string Path = "/desk/notices";
    private const int PerPage = 50;

    public static void MapNoticePages(this IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup(Path).RequireAuthorization(Policies.Agent).ExcludeFromDescription();
        pages.MapGet("", (HttpContext http, NoticePageReader reader, long? before = null, bool all = false, string? done = null) => reader.ShowAsync(http, before, all, done, null));
        pages.MapPost("/read", ReadAsync).RequireAntiforgery();
        pages.MapPost("/choices", ChooseAsync).RequireAntiforgery();
    }

    private static async Task<IResult> ReadAsync(HttpContext http, Work<NotificationDb> work, CancellationToken ct)
    {
        var form = await http.Request.ReadFormAsync(ct);
        var read = Number(form["number"]) is { } number ? new ReadNotices(Numbers: [number]) : new ReadNotices(UpTo: Number(form["upTo"]));
        if (http.User.AgentId() is { } agent && await NoticeEndpoints.MarkAsync(work, agent, read, ct) is { IsRefused: true } refused)
            return Problems.Of(refused.Refusal);
        return Page.SeeOther(Path);
    }

    private static async Task<IResult> ChooseAsync(HttpContext http, NoticePageReader reader, Work<NotificationDb> work, CancellationToken ct)
    {
        if (http.User.AgentId() is not { } agent)
            return Page.SeeOther(Path);
        var form = await http.Request.ReadFormAsync(ct);
        var wrong = Choices(form, out var choices);
        if (wrong is null && await NoticeEndpoints.ChooseAsync(work, agent, choices, ct) is { IsRefused: true } chosen)
            wrong = chosen.Refusal;
        return wrong is null ? Page.SeeOther(Path + "?done=choices") : await reader.ShowAsync(http, null, false, null, new(wrong, form));
    }

    private static Refusal? Choices(IFormCollection form, out AgentChoices choices)
    {
        var ways = new Dictionary<NoticeKind, NoticeWay>();
        foreach (var kind in Enum.GetValues<NoticeKind>())
            if (Enum.TryParse<NoticeWay>(form[Name(kind)], ignoreCase: true, out var way) && Enum.IsDefined(way))
                ways[kind] = way;
        choices = new() { Ways = ways, Mails = form["mails"] == "hourly" ? MailPace.Hourly : MailPace.AtOnce, Language = form["language"].ToString() is { Length: > 0 } language ? language : null };
        var (from, until) = (form["quietFrom"].ToString(), form["quietUntil"].ToString());
        if (from.Length == 0 && until.Length == 0)
            return null;
        if (!TimeOnly.TryParse(from, CultureInfo.InvariantCulture, out var begin))
            return new("quiet-invalid", "must be a time, such as 18:00.", "quietFrom");
        if (!TimeOnly.TryParse(until, CultureInfo.InvariantCulture, out var end))
            return new("quiet-invalid", "must be a time, such as 08:00.", "quietUntil");
        choices = choices with { QuietHours = new QuietHours(begin, end, form["quietZone"].ToString().Trim()) };
        return null;
    }

    public static string Name(NoticeKind kind) => JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>What was wrong, and what was entered.</summary>
    internal sealed record Wrong(Refusal Refusal, IFormCollection Form);

    internal sealed class NoticePageReader(NoticeReader reader, TemplateBook book)
    {
        public async Task<IResult> ShowAsync(HttpContext http, long? before, bool all, string? done, Wrong? wrong)
        {
            var ct = http.RequestAborted;
            var agent = http.User.AgentId();
            return Page.Of<NoticesPage>(
                new
                {
                    Model = new NoticesModel(
                        agent is not null,
                        agent is { } id ? await reader.PageAsync(id, !all, before, PerPage, ct) : new([], 0, null),
                        agent is { } me ? await reader.ChoicesAsync(me, ct) : new AgentChoices().Complete(),
                        book.Current.Languages)
                    {
                        All = all,
                        Saved = done == "choices",
                        Field = wrong?.Refusal.Field,
                        Rule = wrong?.Refusal.Detail,
                        Form = wrong?.Form.ToDictionary(field => field.Key, field => field.Value.ToString()),
                    },
                },
                wrong is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
        }
    }
}

/// <summary>What the page shows.</summary>
public sealed record NoticesModel(bool IsAgent, NoticePage Found, AgentChoices Choices, IReadOnlyList<string> Languages)
{
    /// <summary>Those that are read too.</summary>
    public bool All { get; init; }
    public bool Saved { get; init; }

    /// <summary>The field that is wrong, the rule, and all that was entered.</summary>
    public string? Field { get; init; }
    public string? Rule { get; init; }
    public IReadOnlyDictionary<string, string>? Form { get; init; }

    public string? ErrorOf(string field, string? other = null) => Field is not null && (Field == field || Field == other) ? $"It {Rule}" : null;
}
