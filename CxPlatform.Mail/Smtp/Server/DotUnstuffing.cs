namespace CxPlatform.Mail;

/// <summary>
/// Reads the data of DATA (RFC 5321 section 4.5.2). Only CR LF dot CR LF ends it and only after CR LF is a dot undone: a CR or LF alone
/// is content like any other byte, so nothing inside a mail can pass for its end (SMTP smuggling, CVE-2023-51764).
/// </summary>
sealed class DotUnstuffing
{
    State state = State.LineStart;

    enum State { LineStart, Dot, DotCr, Text, Cr, End }

    public bool Ended => state == State.End;

    /// <param name="output">At least one byte longer than the input.</param>
    /// <returns>How much was read, which is less than all only at the end, and how much was written.</returns>
    public (int Read, int Written) Decode(ReadOnlySpan<byte> input, Span<byte> output)
    {
        int at = 0, written = 0;
        while (at < input.Length && state != State.End)
        {
            var b = input[at];
            switch (state)
            {
                case State.LineStart when b == '.':
                    state = State.Dot;
                    at++;
                    break;
                case State.Dot when b == '\r':
                    state = State.DotCr;
                    at++;
                    break;
                case State.DotCr when b == '\n':
                    state = State.End;
                    at++;
                    break;
                case State.DotCr:
                    output[written++] = (byte)'\r';
                    state = State.Cr;
                    break;
                case State.Cr when b == '\n':
                    output[written++] = b;
                    state = State.LineStart;
                    at++;
                    break;
                default:
                    var cr = input[at..].IndexOf((byte)'\r');
                    var run = cr < 0 ? input[at..] : input.Slice(at, cr + 1);
                    run.CopyTo(output[written..]);
                    (at, written) = (at + run.Length, written + run.Length);
                    state = cr < 0 ? State.Text : State.Cr;
                    break;
            }
        }
        return (at, written);
    }
}
