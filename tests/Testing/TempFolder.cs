namespace CxPlatform.Testing;

/// <summary>A new empty folder that is deleted with everything in it when disposed.</summary>
public sealed class TempFolder : IDisposable
{
    /// <summary>The absolute path.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("cx-").FullName;

    /// <summary>The absolute path of a name inside; nothing is created.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <inheritdoc />
    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A process that is just ending may still hold a file: the folder is in the temporary directory, and no test's result hangs on it.
        }
    }
}
