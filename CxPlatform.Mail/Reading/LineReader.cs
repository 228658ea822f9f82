namespace CxPlatform.Mail;

/// <summary>
/// Walks a message line by line. A line ends with LF, and the CRs before it belong to its end; only where a message has no LF at all does a
/// bare CR end a line. Otherwise a bare CR is content: taking it for a line end would let one header field smuggle in another.
/// </summary>
sealed class LineReader
{
    readonly ReadOnlyMemory<byte> data;
    readonly byte terminator;

    public LineReader(ReadOnlyMemory<byte> data)
    {
        this.data = data;
        terminator = (byte)(data.Span.Contains((byte)'\n') ? '\n' : '\r');
        Seek(0);
    }

    /// <summary>Where the current line starts.</summary>
    public int Start { get; private set; }

    /// <summary>Where the current line's content ends.</summary>
    public int End { get; private set; }

    /// <summary>Where the next line starts.</summary>
    public int Next { get; private set; }

    public bool AtEnd => Start >= data.Length;
    public ReadOnlySpan<byte> Line => data.Span[Start..End];
    public ReadOnlyMemory<byte> Data => data;

    public void Advance() => Seek(Next);

    /// <summary>Takes what precedes a position within the line off it.</summary>
    public void Indent(int bytes) => Start += bytes;

    /// <summary>To the next line that begins with two dashes, which a boundary does, or to the end: fast over long content.</summary>
    public void AdvanceToDashes()
    {
        var found = data.Span[Math.Min(End, data.Length)..].IndexOf([terminator, (byte)'-', (byte)'-']);
        Seek(found < 0 ? data.Length : End + found + 1);
    }

    public void AdvanceToEnd() => Seek(data.Length);

    public void Seek(int position)
    {
        Start = position;
        var span = data.Span;
        var found = span[Start..].IndexOf(terminator);
        Next = found < 0 ? data.Length : Start + found + 1;
        End = found < 0 ? data.Length : Start + found;
        while (End > Start && span[End - 1] == '\r') End--;
    }

    /// <summary>
    /// The content's end if a boundary starts at <paramref name="position"/>: the line end before a boundary belongs to it (RFC 2046
    /// section 5.1.1).
    /// </summary>
    public int BeforeLineEnd(int from, int position)
    {
        var span = data.Span;
        if (position > from && span[position - 1] == terminator) position--;
        while (terminator == '\n' && position > from && span[position - 1] == '\r') position--;
        return position;
    }
}
