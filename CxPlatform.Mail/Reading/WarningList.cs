namespace CxPlatform.Mail;

sealed class WarningList
{
    readonly List<MailWarning> items = [];
    readonly HashSet<(string, string)> seen = [];

    public IReadOnlyList<MailWarning> Items => items;

    public void Add(string code, string detail)
    {
        if (items.Count < MimeLimits.MaxWarnings && seen.Add((code, detail))) items.Add(new(code, detail));
    }
}
