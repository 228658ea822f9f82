using System.Text.RegularExpressions;

namespace CxPlatform.Intake;

/// <summary>Addresses that no person reads: senders that take no answer, servers, mailing lists and what administers them.</summary>
internal static partial class Machines
{
    /// <param name="address">Normalised.</param>
    public static bool Has(string address)
    {
        var at = address.LastIndexOf('@');
        return LocalPart().IsMatch(address.AsSpan(0, at)) || Host().IsMatch(address.AsSpan(at + 1));
    }

    // Whole words: between the ends and what separates them, so that nobody called Noreen or Bounceworth is meant.
    [GeneratedRegex(
        @"(?:^|[._+=-])(?:"
        + @"(?:no|not|do[._-]?not|dont|never|ne[._-]?pas|non|nao|niet|nicht|keine|ikke|inte|nie|ei)[._-]?"
        + @"(?:reply|replies|respond|response|answer|repondre|responder|responda|rispondere|beantwoorden|antworten|antwort|svar|svara|odpowiadaj)"
        + @"|auto[._-]?(?:reply|replies|response|respond|responder|answer|confirm|mail|mailer|notify)"
        + @"|bounces?|mailer[._-]?daemon|unsubscribe|notifications?|undisclosed[._-]recipients)(?:$|[._+=-])"
        + @"|^(?:owner-.*|.*-(?:owner|request|subscribe|join|leave|confirm|errors))$"
        + @"|^(?:postmaster|hostmaster|abuse|mdaemon|daemon|root|nobody|listserv|listproc|majordomo|mailman|sympa|ezmlm)$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex LocalPart();

    [GeneratedRegex(
        @"^(?:lists?|listserv|mailman|sympa|bounces?|no-?reply|googlegroups|yahoogroups|groups\.io|groups\.google)(?:$|\.)|\.(?:invalid|groups\.io)$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Host();
}
