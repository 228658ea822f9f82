using System.Data.Common;
using System.Net.Http;
using System.Net.Sockets;

namespace CxPlatform.Messaging;

/// <summary>What a log may hold of an exception: its type, its code where it has one, and where it was. Its words stay out, for a library's words can quote what it
/// was given: an address, a line of a mail. Logging methods take this and no other exception.</summary>
#pragma warning disable CA1032 // It is made of another exception, and in no other way.
public sealed class WordlessException : Exception
#pragma warning restore CA1032
{
    private readonly string? _trace;

    internal WordlessException(Exception original)
        : base(NameOf(original), original.InnerException is { } inner ? new WordlessException(inner) : null) => _trace = original.StackTrace;

    public override string? StackTrace => _trace;

    public override string ToString() =>
        Message + (InnerException is { } inner ? $"{Environment.NewLine} ---> {inner}{Environment.NewLine}   --- end of the inner one ---" : "")
        + (_trace is null ? "" : Environment.NewLine + _trace);

    private static string NameOf(Exception e) => e switch
    {
        WordlessException => e.Message,
        DbException { SqlState: { } state } => $"{e.GetType()} ({state})",
        SocketException socket => $"{e.GetType()} ({socket.SocketErrorCode})",
        HttpRequestException http => $"{e.GetType()} ({http.HttpRequestError})",
        _ => e.GetType().ToString(),
    };
}

public static class WordlessExceptions
{
    public static WordlessException WithoutWords(this Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception as WordlessException ?? new(exception);
    }
}
