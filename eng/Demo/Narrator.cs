using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace CxPlatform.Demo;

/// <summary>Tells the story in the terminal.</summary>
internal sealed class Narrator(IAnsiConsole console)
{
    private const int Width = 96;
    private int _chapter;

    public void Open(string title, string subtitle)
    {
        console.Profile.Width = Console.IsOutputRedirected ? Width : Math.Min(console.Profile.Width, Width);
        console.WriteLine();
        console.Write(new Rule($"[bold aqua]{Markup.Escape(title)}[/]").LeftJustified());
        console.MarkupLine($"[grey]{Markup.Escape(subtitle)}[/]");
    }

    public void Chapter(string title)
    {
        console.WriteLine();
        console.Write(new Rule($"[bold]{(++_chapter).ToString(CultureInfo.InvariantCulture)}. {Markup.Escape(title)}[/]").LeftJustified());
    }

    /// <summary>A sentence or two that say what is going on and why.</summary>
    public void Say(string text) => console.Write(new Padder(new Markup(Markup.Escape(text)), new Padding(0, 0, 0, 1)));

    /// <summary>Something happened.</summary>
    public void Step(string who, string what, string? detail = null) =>
        Line("[green]✓[/]", $"[bold]{Markup.Escape(who)}[/] {Markup.Escape(what)} [grey]{Markup.Escape(detail ?? "")}[/]");

    public void Skipped(string what, string why) => Line("[yellow]–[/]", $"{Markup.Escape(what)} [grey]{Markup.Escape(why)}[/]");

    public void Fact(string name, string value)
    {
        if (value.Length > 0)
            console.Write(new Padder(new Markup($"[grey]{Markup.Escape(name)}[/] {Markup.Escape(value)}"), new Padding(4, 0, 0, 0)));
    }

    /// <summary>Words that somebody wrote.</summary>
    public void Letter(string heading, string text, Color colour) => console.Write(new Padder(
        new Panel(new Text(text.Trim()))
        {
            Header = new PanelHeader($" {Markup.Escape(heading)} "),
            Border = BoxBorder.Rounded,
            BorderStyle = new Style(colour),
            Padding = new Padding(1, 0, 1, 0),
        },
        new Padding(4, 0, 0, 0)));

    public void FromCustomer(string who, string text) => Letter(who, text, Color.Orange1);

    public void FromUs(string heading, string text) => Letter(heading, text, Color.Aqua);

    public void Table(IEnumerable<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var column in columns)
            table.AddColumn(new TableColumn($"[grey]{Markup.Escape(column)}[/]"));
        foreach (var row in rows)
            table.AddRow(row.Select(IRenderable (cell) => new Text(cell)));
        console.Write(new Padder(table, new Padding(2, 0, 0, 0)));
    }

    private void Line(string sign, string markup)
    {
        var grid = new Grid().AddColumn(new GridColumn().Width(1).Padding(2, 0, 1, 0)).AddColumn(new GridColumn().Padding(0, 0, 0, 0));
        console.Write(grid.AddRow(new Markup(sign), new Markup(markup)));
    }

    public void Close(string text)
    {
        console.WriteLine();
        console.Write(new Panel(new Markup(text))
        {
            Border = BoxBorder.Rounded,
            BorderStyle = new Style(Color.Green),
            Padding = new Padding(1, 0, 1, 0),
        });
    }

    public void Fail(string reason)
    {
        console.WriteLine();
        console.Write(new Panel(new Text(reason))
        {
            Header = new PanelHeader(" The story stops here "),
            Border = BoxBorder.Rounded,
            BorderStyle = new Style(Color.Red),
        });
    }
}
