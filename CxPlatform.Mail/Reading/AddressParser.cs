using System.Buffers;
using System.Text;

namespace CxPlatform.Mail;

/// <summary>
/// Reads address lists (RFC 5322 section 3.4 and obsolete forms of section 4.4): groups, comments, routes, quoted strings; and what senders
/// really write: unquoted commas in names, lost brackets and quotes, semicolons, encoded words around anything. Time is linear.
/// </summary>
static class AddressParser
{
    const int MaxAddressLength = 998;
    const int MaxSquare = 330;
    static readonly SearchValues<char> EndOfSquare = SearchValues.Create(" \t[],<>\"");
    static readonly SearchValues<char> EndOfAtom = SearchValues.Create(" \t\r\n,;<>\"():");

    public static IReadOnlyList<MailAddress> Parse(string text, WarningList warnings)
    {
        var result = new Reader(text, warnings).Read();
        if (result.Count > 0 || !text.Contains("=?", StringComparison.Ordinal)) return result;
        // Some senders encode the whole field, addresses and all.
        var decoded = EncodedWords.Decode(text, warnings);
        return decoded == text ? result : new Reader(CleanText.OneLine(decoded), warnings).Read();
    }

    /// <summary>The address of Return-Path: empty for <c>&lt;&gt;</c>, null when there is none.</summary>
    public static string? ParsePath(string text, WarningList warnings) =>
        Parse(text, warnings) is [var first, ..] ? first.Address
        : text.Replace(" ", "", StringComparison.Ordinal).StartsWith("<>", StringComparison.Ordinal) ? ""
        : null;

    enum Kind { Atom, Quoted, Comment, Angle }

    readonly record struct Token(Kind Kind, string Text, bool SpaceBefore);

    sealed class Reader(string text, WarningList warnings)
    {
        readonly List<MailAddress> result = [];
        readonly List<List<Token>> pending = [];
        List<Token> tokens = [];
        int at;
        bool noMoreQuotes, noMoreComments, holdsAddress;
        readonly int lastSemicolon = text.LastIndexOf(';');

        public List<MailAddress> Read()
        {
            var space = false;
            while (at < text.Length && result.Count < MimeLimits.MaxAddresses)
            {
                var c = text[at];
                switch (c)
                {
                    case ' ' or '\t' or '\r' or '\n':
                        space = true;
                        at++;
                        continue;
                    case '"' when !noMoreQuotes:
                        if (ReadQuoted() is { } quoted) tokens.Add(new(Kind.Quoted, quoted, space));
                        else noMoreQuotes = true;
                        break;
                    case '(' when !noMoreComments:
                        if (ReadComment() is { } comment) tokens.Add(new(Kind.Comment, comment, space));
                        else noMoreComments = true;
                        break;
                    case '<':
                        ReadAngle(space);
                        break;
                    case ',' or ';':
                        at++;
                        EndOfMailbox(mayGoOn: c == ',');
                        break;
                    case ':' when !holdsAddress && !IsInName():
                        // What precedes is a group's name, which is not kept; a "mailto:" goes the same way.
                        at++;
                        FlushPending();
                        tokens.Clear();
                        break;
                    case '>' or ')' or '"' or ':':
                        at++;
                        break;
                    default:
                        ReadAtom(space);
                        break;
                }
                space = false;
            }
            EndOfMailbox(mayGoOn: false);
            return result;
        }

        /// <summary>"Example: Support &lt;...&gt;" without the semicolon that ends a group.</summary>
        bool IsInName()
        {
            if (tokens.Count == 0 || tokens is [{ Text: "mailto" or "MAILTO" or "Mailto" }] || lastSemicolon > at) return false;
            tokens[^1] = tokens[^1] with { Text = tokens[^1].Text + ":" };
            return true;
        }

        void ReadAtom(bool space)
        {
            var start = at;
            if (text[at] == '[' && ReadSquare(space)) return;
            if (EncodedWordEnd() is var end and > 0)
            {
                at = end;
                tokens.Add(new(Kind.Quoted, text[start..end], space));
                return;
            }
            while (at < text.Length && !EndOfAtom.Contains(text[at]))
            {
                // An address literal may hold colons.
                if (text[at] == '[' && at > start && text[at - 1] == '@')
                    at = Math.Max(at, text.IndexOf(']', at, Math.Min(100, text.Length - at)));
                at++;
            }
            if (at == start) at++;
            var atom = text[start..at];
            holdsAddress |= atom.Contains('@');
            tokens.Add(new(Kind.Atom, atom, space));
        }

        /// <summary>"Jane Doe [mailto:jane@example.com]", as Outlook quotes it, stands for angle brackets.</summary>
        bool ReadSquare(bool space)
        {
            var rest = text.AsSpan(at + 1, Math.Min(MaxSquare, text.Length - at - 1));
            var end = rest.IndexOfAny(EndOfSquare);
            if (end <= 0 || rest[end] != ']' || !rest[..end].Contains('@')) return false;
            tokens.Add(new(Kind.Angle, rest[..end].ToString(), space));
            holdsAddress = true;
            at += end + 2;
            return true;
        }

        /// <summary>
        /// An encoded word may hold, against the rules, what separates addresses; it is one piece of a name all the same.
        /// </summary>
        int EncodedWordEnd()
        {
            if (text[at] != '=' || at + 1 >= text.Length || text[at + 1] != '?') return 0;
            var marks = 0;
            for (var i = at + 2; i < text.Length; i++)
            {
                if (text[i] is ' ' or '\t' || text[i] == '=' && i + 1 < text.Length && text[i + 1] == '?') return 0;
                if (text[i] != '?') continue;
                if (++marks == 3) return i + 1 < text.Length && text[i + 1] == '=' ? i + 2 : 0;
            }
            return 0;
        }

        string? ReadQuoted()
        {
            var content = new StringBuilder();
            for (var i = at + 1; i < text.Length; i++)
            {
                if (text[i] == '"')
                {
                    at = i + 1;
                    return content.ToString();
                }
                if (text[i] == '\\' && i + 1 < text.Length) i++;
                content.Append(text[i]);
            }
            warnings.Add("address-quote", "A quoted name in an address field is never closed; the quote is ignored.");
            at++;
            return null;
        }

        string? ReadComment()
        {
            var content = new StringBuilder();
            var depth = 0;
            for (var i = at; i < text.Length; i++)
            {
                var c = text[i];
                if (c == '(' && depth++ == 0) continue;
                if (c == ')' && --depth == 0)
                {
                    at = i + 1;
                    return content.ToString();
                }
                if (c == '\\' && i + 1 < text.Length) c = text[++i];
                content.Append(c);
            }
            warnings.Add("address-comment", "A comment in an address field is never closed; the bracket is ignored.");
            at++;
            return null;
        }

        void ReadAngle(bool space)
        {
            var content = new StringBuilder();
            for (at++; at < text.Length && text[at] != '>';)
            {
                var c = text[at];
                if (c == '<')
                {
                    // An earlier bracket that was never closed was part of the name.
                    if (content.ToString().Trim() is { Length: > 0 } name) tokens.Add(new(Kind.Atom, name, space));
                    content.Clear();
                    at++;
                }
                else if (c is ',' or ';' && !(content.Length > 0 && content[0] == '@' && c == ','))
                {
                    warnings.Add("address-bracket", "An address is never closed by '>'; it ends at the next separator.");
                    break;
                }
                else if (c == '"' && !noMoreQuotes)
                {
                    if (ReadQuoted() is { } quoted) content.Append(Quote(quoted));
                    else noMoreQuotes = true;
                }
                else if (c == '(' && !noMoreComments)
                {
                    if (ReadComment() is null) noMoreComments = true;
                }
                else
                {
                    content.Append(c);
                    at++;
                }
            }
            if (at < text.Length && text[at] == '>') at++;
            tokens.Add(new(Kind.Angle, content.ToString(), space));
            holdsAddress = true;
        }

        void EndOfMailbox(bool mayGoOn)
        {
            if (tokens.Count == 0)
            {
                if (!mayGoOn) FlushPending();
                return;
            }
            var mailbox = tokens;
            tokens = [];
            holdsAddress = false;
            if (mailbox.Exists(t => t.Kind == Kind.Angle))
            {
                // "Doe, John <john@example.org>": the comma was part of the name.
                if (mailbox[0].Kind != Kind.Angle && pending.Count is 1 or 2)
                {
                    var joined = new List<Token>();
                    foreach (var piece in pending)
                    {
                        joined.AddRange(piece);
                        joined.Add(new(Kind.Atom, ",", false));
                    }
                    mailbox[0] = mailbox[0] with { SpaceBefore = true };
                    mailbox.InsertRange(0, joined);
                    pending.Clear();
                }
                FlushPending();
                AddBracketed(mailbox);
            }
            else if (mailbox.Exists(t => t.Kind == Kind.Atom && t.Text.Contains('@')))
            {
                FlushPending();
                AddBare(mailbox);
            }
            else
            {
                pending.Add(mailbox);
                if (pending.Count > 2 || !mayGoOn) FlushPending();
            }
        }

        /// <summary>A word alone is a local user, as in mail that a machine sends to itself; anything else has no address.</summary>
        void FlushPending()
        {
            foreach (var mailbox in pending)
            {
                var words = mailbox.FindAll(t => t.Kind != Kind.Comment);
                if (words is [{ Kind: Kind.Atom } word]) Add(Name(mailbox, Kind.Comment), word.Text);
                else if (words is [{ Kind: Kind.Atom } local, { Kind: Kind.Atom, Text: "at" }, { Kind: Kind.Atom } domain])
                    Add(Name(mailbox, Kind.Comment), $"{local.Text}@{domain.Text}");
                else if (words is [{ Kind: Kind.Quoted } quoted] && quoted.Text.Contains('@') && !quoted.Text.Contains(' ')
                    && !quoted.Text.StartsWith("=?", StringComparison.Ordinal)) Add(null, quoted.Text);
                else if (words.Count > 0) warnings.Add("address-missing", "An entry of an address field holds no address; left out.");
            }
            pending.Clear();
        }

        void AddBracketed(List<Token> mailbox)
        {
            var from = 0;
            for (var i = 0; i < mailbox.Count; i++)
            {
                if (mailbox[i].Kind != Kind.Angle) continue;
                var next = mailbox.FindIndex(i + 1, t => t.Kind == Kind.Angle);
                var around = mailbox[from..(next < 0 ? mailbox.Count : i)].FindAll(t => t.Kind != Kind.Angle);
                var name = Name(around, Kind.Atom, Kind.Quoted) ?? Name(around, Kind.Comment);
                var address = mailbox[i].Text;
                // "<Jane Doe> jane@example.com", or the address where the name should be.
                if (!address.Contains('@') && name?.Contains('@') == true && !name.Contains(' '))
                    (name, address) = (Clean(address), name);
                Add(name, address);
                from = i + 1;
                if (next < 0) break;
            }
        }

        void AddBare(List<Token> mailbox)
        {
            var words = new List<(string Display, string Address, bool Quoted)>();
            foreach (var token in mailbox)
            {
                if (token.Kind == Kind.Comment) continue;
                var address = token.Kind == Kind.Quoted ? Quote(token.Text) : token.Text;
                if (words.Count > 0 && words[^1] is var last && last.Address.Length < MaxAddressLength
                    && (!token.SpaceBefore || last.Address.EndsWith('@') || token.Text.StartsWith('@')
                        || last.Address.Contains('@') && (last.Address.EndsWith('.') || token.Text.StartsWith('.'))))
                    words[^1] = (last.Display + token.Text, last.Address + address, false);
                else words.Add((token.Text, address, token.Kind == Kind.Quoted));
            }
            var addresses = words.FindAll(w => !w.Quoted && w.Address.Contains('@'));
            var others = words.Where(w => w.Quoted || !w.Address.Contains('@')).Select(w => w.Display);
            var name = addresses.Count == 1 ? Clean(string.Join(' ', others)) ?? Name(mailbox, Kind.Comment) : null;
            foreach (var word in addresses) Add(name, word.Address);
        }

        static string? Name(List<Token> tokens, params ReadOnlySpan<Kind> kinds)
        {
            var name = new StringBuilder();
            foreach (var token in tokens)
            {
                if (!kinds.Contains(token.Kind)) continue;
                if (token.SpaceBefore && name.Length > 0) name.Append(' ');
                name.Append(token.Text);
            }
            return Clean(name.ToString());
        }

        static string? Clean(string name)
        {
            name = CleanText.OneLine(EncodedWords.Decode(name));
            if (name.Length > 1 && name[0] == name[^1] && name[0] is '\'' or '"') name = name[1..^1].Trim();
            return name.Length == 0 ? null : name;
        }

        void Add(string? name, string? text)
        {
            var address = CleanAddress(text ?? "");
            if (address.Length is 0 or > MaxAddressLength || address == "@")
            {
                if (name is not null || address.Length > 0)
                    warnings.Add("address-missing", "An entry of an address field holds no address; left out.");
                return;
            }
            if (result.Count >= MimeLimits.MaxAddresses)
                warnings.Add("address-limit", "An address field holds more addresses than are read; the rest is ignored.");
            else
                result.Add(new(address.Equals(name, StringComparison.OrdinalIgnoreCase) ? null : name, address));
        }

        static string CleanAddress(string address)
        {
            if (address.Contains("=?", StringComparison.Ordinal)) address = EncodedWords.Decode(address);
            address = CleanText.OneLine(address);
            // Archives of mailing lists hide addresses so.
            if (!address.Contains('@') && address.Split(" at ") is [var local, var domain]) address = $"{local}@{domain}";
            if (address.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase)) address = address[7..];
            // A route (RFC 5322 section 4.4) is read and ignored.
            if (address.StartsWith('@')) address = address[(address.IndexOf(':', StringComparison.Ordinal) + 1)..];
            var result = new StringBuilder(address.Length);
            var quoted = false;
            foreach (var c in address)
            {
                if (c == '"') quoted = !quoted;
                if (!char.IsWhiteSpace(c) || quoted) result.Append(c);
            }
            address = result.ToString().Trim('.', ',', '<', '>');
            return address.Length > 1 && address[0] == '\'' && address[^1] == '\'' ? address[1..^1] : address;
        }

        /// <summary>A quoted local part keeps its quotes only where it needs them.</summary>
        static string Quote(string local) =>
            local.Length > 0 && local.All(c => char.IsAsciiLetterOrDigit(c) || c > 127 || "!#$%&'*+-/=?^_`{|}~.".Contains(c))
                && local[0] != '.' && local[^1] != '.' && !local.Contains("..", StringComparison.Ordinal)
                ? local
                : $"\"{local.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }
}
