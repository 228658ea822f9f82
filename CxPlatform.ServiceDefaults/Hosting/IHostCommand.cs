namespace CxPlatform.ServiceDefaults;

/// <summary>Something that a module's host does on the command line instead of running: <c>intake reprocess</c>. The host is built but not
/// started.</summary>
public interface IHostCommand
{
    /// <summary>The first word on the command line.</summary>
    string Word { get; }

    /// <param name="words">What follows the first.</param>
    /// <returns>The exit code.</returns>
    Task<int> RunAsync(string[] words, TextWriter output, TextWriter errors, CancellationToken ct);
}
