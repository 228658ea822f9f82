using System.Globalization;
using System.Text.Json;
using System.Xml;
using CxPlatform.Mail;
using CxPlatform.Testing;

namespace CxPlatform.EndToEnd.Tests.Friday;

/// <summary>The shop in Berlin, its customer Greta, and a clock that the test moves for all of it.</summary>
internal sealed class FridayStage : IAsyncDisposable
{
    public const string Greta = "greta@kunde.example";
    public const string GretasNumber = "+491701234567";
    public const string Support = "support@laden.example";
    public const string Phone = "+49 30 1234567";

    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    private readonly TempFolder _folder = new();
    private readonly int _smtp = FreePort.Next();
    private readonly HttpClient _browser = new();

    private FridayStage(Telephone telephone) => Telephone = telephone;

    public Platform Platform { get; private set; } = null!;

    public Mailbox Mailbox { get; } = new();

    public Telephone Telephone { get; }

    public Oracle Oracle { get; } = new(
    [
        "INTERNAL", "\"general\"", "triage", "queue", "Warteschlange", "Eskalation", "escalat", "priority", "capacity", "case.", "@desk.example",
    ]);

    /// <summary>A Friday so far ahead that nothing before it is the same conversation, and that she may be asked again how it went.</summary>
    public DateOnly Friday { get; } = NextFriday(DateOnly.FromDateTime(DateTime.UtcNow).AddDays(16));

    /// <summary>The page that the acknowledgement's link opens.</summary>
    public string Page { get; private set; } = "";

    public static async Task<FridayStage> SetAsync(Topology topology)
    {
        var stage = new FridayStage(await Telephone.StartAsync());
        try
        {
            stage.Platform = await Platform.StartAsync(topology, new Dictionary<string, string>
            {
                ["Cx__Testing__ClockOffsetFile"] = stage._folder["offset"],
                ["Cx__Case__TimeZone"] = "Europe/Berlin",
                ["Cx__Brand__Name"] = "Der Laden",
                ["Cx__Brand__Phone"] = Phone,
                ["Cx__Mail__Domain"] = "laden.example",
                ["Cx__Mail__Smtp__Host"] = "127.0.0.1",
                ["Cx__Mail__Smtp__Port"] = $"{stage.Mailbox.Port}",
                ["Cx__Mail__Smtp__Tls"] = "None",
                ["Cx__Intake__Smtp__Port"] = $"{stage._smtp}",
                ["Cx__Notification__Twilio__AccountSid"] = "AC00000000000000000000000000000000",
                ["Cx__Notification__Twilio__AuthToken"] = Platform.TwilioToken,
                ["Cx__Notification__Twilio__From"] = "+4930999999",
                ["Cx__Notification__Twilio__BaseUrl"] = stage.Telephone.Address.ToString(),
            });
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Platform is not null)
            await Platform.DisposeAsync();
        await Mailbox.DisposeAsync();
        await Telephone.DisposeAsync();
        _browser.Dispose();
        _folder.Dispose();
    }

    public DateTimeOffset At(DayOfWeek day, int hour, int minute)
    {
        var date = Friday.AddDays((day - DayOfWeek.Friday + 7) % 7).ToDateTime(new(hour, minute));
        return new DateTimeOffset(date, Berlin.GetUtcOffset(date)).ToUniversalTime();
    }

    /// <summary>As her mail program and mail server do it.</summary>
    public Task MailAsync(string to, string raw) => Mailbox.SendAsync(_smtp, Greta, to, raw);

    /// <summary>The first mail to her that is as described and came after so many others.</summary>
    public Task<InboundMail> MailedAsync(Func<InboundMail, bool> which, int after = 0) => Eventually.Value(
        () => Task.FromResult(Mailbox.Mails.Skip(after).FirstOrDefault(mail => mail.To.Any(to => to.Address == Greta) && which(mail))), People.Patience)!;

    /// <summary>Everything that she has received, by mail and by text, in words.</summary>
    public IReadOnlyList<string> Received() =>
        [.. Mailbox.Mails.Where(mail => mail.To.Any(to => to.Address == Greta)).Select(mail => mail.Text), .. Telephone.TextsTo(GretasNumber)];

    /// <summary>The message to her that says so and is none of those before: she is answered where she wrote last.</summary>
    public Task<string> ReceivesAsync(string word, IReadOnlyList<string> before) => Eventually.Value(
        () => Task.FromResult(Received().Except(before).FirstOrDefault(text => text.Contains(word, StringComparison.Ordinal))), People.Patience)!;

    public void Open(InboundMail acknowledgement) => Page = People.StatusLink(acknowledgement.Text);

    /// <summary>What the page says now.</summary>
    public async Task<JsonElement> LookAsync() => JsonSerializer.Deserialize<JsonElement>(await _browser.GetStringAsync(new Uri(Page + ".json")));

    public async Task<JsonElement> SeesAsync(Func<JsonElement, bool> what) => await Eventually.Value(LookAsync, what, People.Patience);

    /// <summary>Sets the clock of all processes at once, without anybody looking.</summary>
    public void Set(DateTimeOffset to)
    {
        var next = _folder["offset.new"];
        File.WriteAllText(next, XmlConvert.ToString(to - DateTimeOffset.UtcNow));
        File.Move(next, _folder["offset"], overwrite: true);
    }

    /// <summary>Lets the time pass, and looks at the page: every hour at night, every quarter by day, before and after each date on it.</summary>
    public async Task TravelAsync(DateTimeOffset to)
    {
        while (await ObserveAsync() is var page && AsOf(page) is var now && now < to)
        {
            var working = TimeZoneInfo.ConvertTime(now, Berlin) is { Hour: >= 7 and < 20, DayOfWeek: not (DayOfWeek.Saturday or DayOfWeek.Sunday) };
            var step = now + (working ? TimeSpan.FromMinutes(15) : TimeSpan.FromHours(1));
            var near = DatesOf(page).SelectMany(date => new[] { date.AddMinutes(-1), date.AddSeconds(5) }).Where(at => at > now).Append(step).Min();
            var next = near < to ? near : to;
            Set(next);
            await Eventually.Value(LookAsync, seen => AsOf(seen) >= next, People.Patience);
        }
    }

    /// <summary>Has the page judged as it is now. What falls due at this very moment has a few seconds to come about.</summary>
    public async Task<JsonElement> ObserveAsync()
    {
        JsonElement page;
        try
        {
            page = await Eventually.Value(LookAsync, seen => !Oracle.FaultsOf(seen, AsOf(seen)).Any(), TimeSpan.FromSeconds(10));
        }
        catch (TimeoutException)
        {
            page = await LookAsync();
        }
        Oracle.See(page, AsOf(page));
        return page;
    }

    private static DateTimeOffset AsOf(JsonElement page) => page.GetProperty("asOf").GetDateTimeOffset();

    private static IEnumerable<DateTimeOffset> DatesOf(JsonElement page)
    {
        if (page.GetProperty("next").TryGetProperty("by", out var by))
            yield return by.GetDateTimeOffset();
        foreach (var promise in page.GetProperty("promises").EnumerateArray())
            yield return promise.GetProperty("due").GetDateTimeOffset();
        foreach (var name in (string[])["opens", "until"])
            if (page.GetProperty("people").TryGetProperty(name, out var at))
                yield return at.GetDateTimeOffset();
    }

    private static DateOnly NextFriday(DateOnly from) => from.AddDays((DayOfWeek.Friday - from.DayOfWeek + 7) % 7);

    /// <summary>As our messages write a date.</summary>
    public static string German(DateTimeOffset at) =>
        TimeZoneInfo.ConvertTime(at, Berlin).ToString("dddd, d. MMMM", CultureInfo.GetCultureInfo("de-DE"));
}
