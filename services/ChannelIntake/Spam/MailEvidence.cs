using System.Text.RegularExpressions;
using CxPlatform.Contracts;
using CxPlatform.Mail;

namespace CxPlatform.Intake;

/// <summary>What a mail itself says for or against it being spam: what the servers in front of us found out, and what it answers.</summary>
internal static partial class MailEvidence
{
    // None of these holds a mail by itself: forwarding breaks SPF and often DKIM of honest mail.
    private static readonly Dictionary<(string Method, string Result), double> Points = new()
    {
        [("dmarc", "fail")] = 3,
        [("spf", "fail")] = 1.5,
        [("spf", "softfail")] = 0.5,
        [("dkim", "fail")] = 0.5,
    };

    // Field, what it begins with when its writer takes the mail for spam. SpamAssassin, rspamd.
    private static readonly (string Field, string Says)[] Scanners =
    [
        ("X-Spam-Flag", "yes"), ("X-Spam-Status", "yes"), ("X-Spam", "yes"), ("X-Rspamd-Action", "reject"), ("X-Rspamd-Action", "add header"),
        ("X-Rspamd-Action", "rewrite subject"),
    ];

    public static SpamScore Of(InboundMail mail, IReadOnlyList<Evidence> evidence, IntakeOptions.SpamOptions options)
    {
        var score = SpamScore.None;
        foreach (var (method, result) in Authentication(mail, options))
            if (Points.TryGetValue((method, result), out var points))
                score += SpamScore.Of(points, $"{method}: {result}");
        if (options.TrustScannerHeaders)
            foreach (var (field, says) in Scanners)
                if (mail.Header(field) is { } value && value.StartsWith(says, StringComparison.OrdinalIgnoreCase))
                {
                    score += SpamScore.Of(options.HoldAt, $"scanner: {field}");
                    break;
                }
        // Only who got a mail of ours knows its token or its Message-ID.
        if (score.Score > 0 && evidence.Any(item => item.CaseId is not null))
            score += SpamScore.Of(-3, "answers: a message of ours");
        return score;
    }

    /// <summary>Whether a server that we trust found the address in From to be genuine.</summary>
    public static bool IsAuthentic(InboundMail mail, IntakeOptions.SpamOptions options) =>
        Authentication(mail, options).GetValueOrDefault("dmarc") is "pass";

    /// <summary>Method and result (RFC 8601), from the first field that a trusted server signed with its name. Anybody can write such a
    /// field: that ours are the only ones of that name is for our own server to see to (section 5).</summary>
    public static IReadOnlyDictionary<string, string> Authentication(InboundMail mail, IntakeOptions.SpamOptions options)
    {
        var results = new Dictionary<string, string>();
        if (options.TrustedAuthservIds.Count == 0)
            return results;
        foreach (var field in mail.HeaderValues("Authentication-Results"))
        {
            var parts = Comment().Replace(field, " ").Split(';');
            var server = parts[0].Trim().Split(' ')[0];
            if (!options.TrustedAuthservIds.Contains(server, StringComparer.OrdinalIgnoreCase))
                continue;
            foreach (var part in parts.Skip(1))
            {
                var words = part.Trim().Split(' ', 2)[0].Split('=', 2);
                if (words is not [var method, var result])
                    continue;
                (method, result) = (method.Trim().Split('/')[0].ToLowerInvariant(), result.Trim().ToLowerInvariant());
                // Of several signatures one that holds is enough.
                if (!results.TryGetValue(method, out var before) || before != "pass")
                    results[method] = result;
            }
            break;
        }
        return results;
    }

    [GeneratedRegex(@"\([^()]*\)", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Comment();
}
