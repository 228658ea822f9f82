using CxPlatform.Contracts;

namespace CxPlatform.Notifications.Sending;

/// <summary>Hands messages of one channel to a provider.</summary>
internal interface ISender
{
    Channel Channel { get; }

    /// <summary>Whose turn it is, where that is not simply who came first.</summary>
    DomainTurns? Turns => null;

    /// <summary>One attempt. An exception counts as a passing fault.</summary>
    /// <param name="message">Its id is the provider's idempotency key, where the provider takes one.</param>
    Task<SendResult> SendAsync(OutgoingMessage message, CancellationToken ct);
}

/// <summary>How an attempt went. Reasons hold neither addresses nor content.</summary>
internal abstract record SendResult
{
    private SendResult()
    {
    }

    /// <param name="ProviderId">The provider's name for it, when it gave one.</param>
    internal sealed record Sent(string? ProviderId) : SendResult;

    /// <summary>Worth trying again.</summary>
    /// <param name="Ours">The way there is broken, whatever the message: our relay, our credentials, the provider's servers.</param>
    internal sealed record Transient(string Reason, TimeSpan? RetryAfter = null, bool Ours = false) : SendResult;

    /// <summary>Trying again is pointless.</summary>
    /// <param name="NoSuchAddress">Nothing will ever arrive there.</param>
    /// <param name="Status">The RFC 3463 status or the provider's code.</param>
    internal sealed record Permanent(string Reason, bool NoSuchAddress = false, string? Status = null) : SendResult;

    /// <summary>Not attempted: the recipient knows already.</summary>
    internal sealed record Needless(string Reason) : SendResult;

    /// <summary>Not attempted: it is to wait its turn.</summary>
    internal sealed record NotYet(TimeSpan Wait, string Reason) : SendResult;
}
