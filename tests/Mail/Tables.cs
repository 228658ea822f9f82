using System.Text;

namespace CxPlatform.Mail.Tests;

/// <summary>Reads the files under Tables, which hold inputs that would be unreadable as string literals.</summary>
static class Tables
{
    /// <summary>One entry per line.</summary>
    public static IEnumerable<string> Lines(string file) => Read(file).Split('\n').Where(line => line.Length > 0);

    /// <summary>Entries divided by empty lines, for what holds none itself.</summary>
    public static IEnumerable<string> Paragraphs(string file) =>
        Read(file).Split("\n\n").Select(entry => entry.Trim('\n')).Where(entry => entry.Length > 0);

    /// <summary>A line <c>@@@ name</c>, the input, a line <c>@@@&gt;</c>, and what is expected.</summary>
    public static TheoryData<string, string, string> Cases(string file)
    {
        var cases = new TheoryData<string, string, string>();
        foreach (var entry in ("\n" + Read(file)).Split("\n@@@ ")[1..])
        {
            var halves = entry.Split("\n@@@>");
            var end = halves[0].IndexOf('\n', StringComparison.Ordinal);
            cases.Add(halves[0][..end], halves[0][(end + 1)..], halves[1].Trim('\n'));
        }
        return cases;
    }

    /// <summary>One per line: a field as it was written (<c>⏎</c> for a line end), a tab-free arrow, and what is read from it.</summary>
    public static TheoryData<string, string> Pairs(string file)
    {
        var pairs = new TheoryData<string, string>();
        foreach (var line in Lines(file))
        {
            var halves = line.Split(" ⇒ ");
            pairs.Add(halves[0].Replace('⏎', '\n'), halves[1]);
        }
        return pairs;
    }

    /// <summary>UTF-8, with bytes that are none in hexadecimal between angle brackets: <c>⟨e9 fc⟩</c>.</summary>
    public static byte[] Bytes(string text)
    {
        var bytes = new List<byte>();
        foreach (var piece in text.Split('⟨'))
        {
            var end = bytes.Count == 0 && text[0] != '⟨' ? -1 : piece.IndexOf('⟩', StringComparison.Ordinal);
            if (end >= 0) bytes.AddRange(Convert.FromHexString(piece[..end].Replace(" ", "", StringComparison.Ordinal)));
            bytes.AddRange(Encoding.UTF8.GetBytes(piece[(end + 1)..]));
        }
        return [.. bytes];
    }

    static string Read(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Tables", file)).ReplaceLineEndings("\n");
}
