using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using CxPlatform.Contracts;
using CxPlatform.Intake.Channels.Media;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CxPlatform.Intake;

/// <summary>What speaks for spam beyond the mail itself: our lists, a scanner, a flood. Nothing here ever drops anything.</summary>
internal sealed class SpamFilter(
    Work<IntakeDb> work, IHttpClientFactory clients, MediaFetcher media, ISharedLimiter limiter, Module<IntakeDb> module, IOptions<IntakeOptions> options,
    ILogger<SpamFilter> log)
{
    public const string Client = "spam-scanner";

    // Too little to tell one text from another: "ok", "thanks".
    private const int ShortText = 40;

    private IntakeOptions.SpamOptions Options => options.Value.Spam;

    /// <summary>With what our lists and the scanner say of a mail; changes nothing, so that a preview may ask.</summary>
    /// <param name="found">What the mail itself says.</param>
    /// <param name="authentic">The sender is proven; a list that lets it pass is believed only then, or where nobody checks.</param>
    public async Task<SpamScore> ListsAndScannerAsync(
        SpamScore found, Identity from, bool authentic, ReadOnlyMemory<byte> mail, CancellationToken ct)
    {
        switch (await VerdictOnAsync(from, ct))
        {
            case SenderVerdict.Allow when authentic || Options.TrustedAuthservIds.Count == 0:
                return SpamScore.Of(0, "list: allowed");
            case SenderVerdict.Block:
                return found + SpamScore.Of(Options.HoldAt * 2, "list: blocked");
        }
        return found + await ScanAsync(mail, ct);
    }

    /// <summary>A message of a provider's, with what our lists and a flood say of its sender.</summary>
    public async Task<Arrival> JudgeAsync(Arrival arrival, RawArrival raw, CancellationToken ct)
    {
        switch (await VerdictOnAsync(arrival.From, ct))
        {
            case SenderVerdict.Allow:
                return arrival with { Spam = SpamScore.Of(0, "list: allowed") };
            case SenderVerdict.Block:
                return arrival with { Spam = SpamScore.Of(Options.HoldAt * 2, "list: blocked") };
        }
        // It counts when it is to be stored for the first time; one with media is at its second reading.
        var counts = raw.Attempts == (media.Wants(arrival.Media) ? 2 : 1) && arrival.Automatic == Automatic.None;
        // What stands there of a call is our own text.
        var text = arrival.Channel == Channel.Voice ? "" : arrival.Text;
        return counts ? arrival with { Spam = await FloodAsync(arrival.From, text, ct, Options.FloodSameHandle) } : arrival;
    }

    /// <summary>Counts this one, and says whether the same sender or the same text came too often. Customers who have written before are
    /// never held for it.</summary>
    /// <param name="most">How often is not too often; as for mail, unless given.</param>
    public async Task<SpamScore> FloodAsync(Identity from, string text, CancellationToken ct, int? most = null)
    {
        var sender = await limiter.TryAcquireAsync("flood:from:" + Print(from.Value), most ?? Options.FloodSameSender, Options.FloodWindow, ct);
        var same = text.Length < ShortText
            || (await limiter.TryAcquireAsync("flood:text:" + Print(text), Options.FloodSameText, Options.FloodWindow, ct)).Allowed;
        if ((sender.Allowed && same) || await IsKnownAsync(from, ct))
            return SpamScore.None;
        return SpamScore.Of(Options.HoldAt, sender.Allowed ? "flood: the same text many times" : "flood: the same sender many times");
    }

    private Task<SenderVerdict?> VerdictOnAsync(Identity from, CancellationToken ct)
    {
        var patterns = SenderRules.PatternsOf(from);
        return patterns.Count == 0 ? Task.FromResult<SenderVerdict?>(null) : work.ReadAsync<SenderVerdict?>(
            async (db, token) =>
            {
                var rules = await db.SenderRules.Where(rule => patterns.Contains(rule.Pattern)).ToListAsync(token);
                // The address says more than its domain.
                return rules.OrderByDescending(rule => rule.Pattern.Length).Select(rule => (SenderVerdict?)Words.Read<SenderVerdict>(rule.Verdict))
                    .FirstOrDefault();
            },
            ct);
    }

    // Known before the flood began: what a flood itself brought in makes nobody known.
    private Task<bool> IsKnownAsync(Identity from, CancellationToken ct)
    {
        var (kind, value, before) = (Words.Of(from.Kind), from.Value, module.Store.Now - Options.FloodWindow * 2);
        var (accepted, human) = (Words.Of(ContactState.Accepted), Words.Of(Automatic.None));
        return work.ReadAsync(
            (db, token) => db.Identities.Where(identity => identity.Kind == kind && identity.Value == value).AnyAsync(
                identity => db.Contacts.Any(contact => contact.CustomerId == identity.CustomerId && contact.StoredAt < before
                    && contact.State == accepted && contact.Automatic == human),
                token),
            ct);
    }

    private async Task<SpamScore> ScanAsync(ReadOnlyMemory<byte> mail, CancellationToken ct)
    {
        if (Options.ScannerUrl is not { } url)
            return SpamScore.None;
        try
        {
            using var content = new ReadOnlyMemoryContent(mail);
            content.Headers.ContentType = new MediaTypeHeaderValue("message/rfc822");
            using var response = await clients.CreateClient(Client).PostAsync(url, content, ct);
            response.EnsureSuccessStatusCode();
            var verdict = await response.Content.ReadFromJsonAsync<Verdict>(ct);
            return verdict?.Action is "reject" or "add header" or "rewrite subject"
                ? SpamScore.Of(Options.HoldAt, "scanner: " + verdict.Action)
                : SpamScore.None;
        }
#pragma warning disable CA1031 // A scanner that fails accuses nobody.
        catch (Exception e) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            log.ScannerFailed(e.GetType().Name);
            return SpamScore.Of(0, "scanner: did not answer");
        }
    }

    private static string Print(string value) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)))[..24];

    /// <summary>What rspamd's <c>/checkv2</c> answers, as far as it matters.</summary>
    private sealed record Verdict(string? Action);
}
