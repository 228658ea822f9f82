using System.Globalization;
using CxPlatform.Mail.Tests;
using Spectre.Console;

namespace CxPlatform.Benchmarks;

/// <summary>Reads damaged messages by the million, and tells the worst that any of them cost.</summary>
internal static class Fuzz
{
    public static int Run(int count, int seed)
    {
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{count:N0} damaged messages from number {seed}, on {Environment.ProcessorCount} cores");
        // What is compiled and loaded at first belongs to no message.
        for (var i = 0; i < 2_000; i++) MailFuzz.Read(MailFuzz.Message(seed + i));
        var worst = new Worst();
        var done = 0;
        Parallel.For(0, count, i =>
        {
            var number = unchecked(seed + i);
            try
            {
                worst.Add(number, MailFuzz.Read(MailFuzz.Message(number)));
            }
#pragma warning disable CA1031 // Whatever it is, it is what is looked for.
            catch (Exception e)
#pragma warning restore CA1031
            {
                worst.Add(number, e);
            }
            if (Interlocked.Increment(ref done) % 100_000 == 0) AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{done:N0}");
        });
        return worst.Tell();
    }

    private sealed class Worst
    {
        private readonly Lock _gate = new();
        private readonly List<string> _failures = [];
        private (int Number, MailFuzz.Cost Cost) _slowest, _largest;
        private long _bytes;

        public void Add(int number, MailFuzz.Cost cost)
        {
            lock (_gate)
            {
                _bytes += cost.Length;
                if (cost.Time > _slowest.Cost.Time) _slowest = (number, cost);
                if (cost.Allocated > _largest.Cost.Allocated) _largest = (number, cost);
                if (!cost.IsBounded && _failures.Count < 20)
                    _failures.Add($"{number}: {cost.Length} bytes took {cost.Time.TotalMilliseconds:N0} ms and {cost.Allocated:N0} bytes");
            }
        }

        public void Add(int number, Exception e)
        {
            lock (_gate)
                if (_failures.Count < 20) _failures.Add($"{number}: {e}");
        }

        public int Tell()
        {
            var table = new Table().AddColumns("What", "Figure", "Message").Border(TableBorder.Rounded);
            table.AddRow("read", $"{_bytes / 1_000_000.0:N0} MB", "");
            table.AddRow("slowest", $"{_slowest.Cost.Time.TotalMilliseconds:N1} ms", $"number {_slowest.Number}, {_slowest.Cost.Length:N0} bytes");
            table.AddRow("most allocated", $"{_largest.Cost.Allocated / 1_000_000.0:N1} MB", $"number {_largest.Number}, {_largest.Cost.Length:N0} bytes");
            table.AddRow("exceptions, or beyond the bound", $"{_failures.Count}", $"bound: {MailFuzz.MostTime.TotalSeconds:N0} s; {MailFuzz.MostBytes / 1_000_000} MB and {MailFuzz.MostBytesPerByte} per byte");
            AnsiConsole.Write(table);
            foreach (var failure in _failures) AnsiConsole.WriteLine(failure);
            return _failures.Count == 0 ? 0 : 1;
        }
    }
}
