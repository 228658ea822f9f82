using System.Globalization;
using CxPlatform.Cases.Actions;
using CxPlatform.Cases.Bulk;
using CxPlatform.Cases.Domain;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.ServiceDefaults;
using CxPlatform.ServiceDefaults.Pages;
using Microsoft.AspNetCore.Mvc;

namespace CxPlatform.Cases.Desk;

/// <summary>The inbox's form that does one thing with the chosen cases; its answer says of each what became of it.</summary>
internal static class BulkForm
{
    private const int MaxForm = 256 * 1024;

    public static void MapBulkForm(this IEndpointRouteBuilder desk) =>
        desk.MapPost("/bulk", ActAsync).RequireAntiforgery().WithMetadata(new RequestSizeLimitAttribute(MaxForm));

    private static async Task<IResult> ActAsync(HttpContext context, BulkActions bulk, CancellationToken ct)
    {
        var form = await context.Request.ReadFormAsync(ct);
        var person = new Person(context.User.AgentId(), context.User.StaffName());
        var request = new BulkRequest(
            Word<BulkDo>(form["do"]), [.. form["case"].OfType<string>()], Guid.TryParse(form["agentId"], out var agent) ? agent : null,
            form["tags"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            Word<Priority>(form["priority"]), form["text"].ToString().Replace("\r\n", "\n", StringComparison.Ordinal).Trim(),
            Word<CaseResult>(form["result"]), form["reason"].ToString() is { Length: > 0 } reason ? reason : null);
        var outcome = await FormOnce.RunAsync(form, () => bulk.DoAsync(request, person, ct));
        var back = LocalPath.Or(form["back"], DeskEndpoints.Path);
        if (outcome is null)
            return Page.SeeOther(back); // sent twice: the first one is at it
        return Page.Of<BulkPage>(
            new { Model = new BulkModel(back, outcome.Value, outcome.Refusal?.Text) }, outcome.IsRefused ? Outcomes.StatusOf(outcome.Refusal) : 200);
    }

    private static T Word<T>(string? text) where T : struct, Enum =>
        Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) && !int.TryParse(text, CultureInfo.InvariantCulture, out _)
            ? value
            : default;
}

/// <summary>What became of the chosen cases. Public because components and their parameters are; what it holds is not.</summary>
public sealed record BulkModel
{
    internal BulkModel(string back, BulkAnswer? answer, string? refused) => (Back, Answer, Refused) = (back, answer, refused);

    internal string Back { get; }

    internal BulkAnswer? Answer { get; }

    /// <summary>Why nothing was done at all.</summary>
    internal string? Refused { get; }
}
