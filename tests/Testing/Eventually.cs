using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace CxPlatform.Testing;

/// <summary>Waits for something that happens in its own time: tries until it holds, and says why it never did.</summary>
public static class Eventually
{
    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    /// <summary>Repeats an assertion until it does not throw.</summary>
    /// <param name="assertion">What must come to hold.</param>
    /// <param name="within">How long to try; 20 s by default.</param>
    /// <param name="what">The assertion's source text, for the failure.</param>
    /// <exception cref="TimeoutException">It never held; the inner exception is the last failure.</exception>
    public static async Task Async(
        Func<Task> assertion, TimeSpan? within = null, [CallerArgumentExpression(nameof(assertion))] string what = "")
        => await Until(async () => { await assertion(); return true; }, static held => held, within, what);

    /// <summary>Repeats a condition until it is true. An exception counts as "not yet".</summary>
    /// <inheritdoc cref="Async(Func{Task}, TimeSpan?, string)"/>
    public static async Task Async(
        Func<Task<bool>> condition, TimeSpan? within = null, [CallerArgumentExpression(nameof(condition))] string what = "")
        => await Until(condition, static held => held, within, what);

    /// <summary>Repeats an assertion without asynchronous work until it does not throw.</summary>
    /// <inheritdoc cref="Async(Func{Task}, TimeSpan?, string)"/>
    public static async Task Async(
        Action assertion, TimeSpan? within = null, [CallerArgumentExpression(nameof(assertion))] string what = "")
        => await Until(() => { assertion(); return Task.FromResult(true); }, static held => held, within, what);

    /// <summary>Reads until there is a value, and returns it.</summary>
    /// <inheritdoc cref="Async(Func{Task}, TimeSpan?, string)"/>
    public static async Task<T> Value<T>(
        Func<Task<T?>> read, TimeSpan? within = null, [CallerArgumentExpression(nameof(read))] string what = "") where T : class
        => (await Until(read, static value => value is not null, within, what))!;

    /// <summary>Reads until the value satisfies the condition, and returns it.</summary>
    /// <inheritdoc cref="Async(Func{Task}, TimeSpan?, string)"/>
    public static async Task<T> Value<T>(
        Func<Task<T>> read, Func<T, bool> condition, TimeSpan? within = null, [CallerArgumentExpression(nameof(condition))] string what = "")
        => await Until(read, condition, within, what);

    static async Task<T> Until<T>(Func<Task<T>> read, Func<T, bool> holds, TimeSpan? within, string what)
    {
        var limit = within ?? Deadline;
        var started = Stopwatch.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(5);
        while (true)
        {
            Exception? failure = null;
            T? last = default;
            try
            {
                last = await read();
                if (holds(last))
                    return last;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                failure = exception;
            }
            if (Stopwatch.GetElapsedTime(started) >= limit)
                throw new TimeoutException(
                    $"Not within {limit.TotalSeconds:0.#} s: {what}\nAt last: {failure?.Message ?? $"{last}"}", failure);
            await Task.Delay(pause);
            pause = TimeSpan.FromMilliseconds(Math.Min(100, pause.TotalMilliseconds * 1.5));
        }
    }
}
