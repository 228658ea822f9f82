namespace CxPlatform.Testing;

/// <summary>The source tree that the running tests were built from.</summary>
public static class Repository
{
    /// <summary>The folder that holds <c>CxPlatform.sln</c>.</summary>
    /// <exception cref="DirectoryNotFoundException">The tests do not run from inside the source tree.</exception>
    public static string Root { get; } = FindRoot();

    /// <summary>The absolute path of a file or folder named relative to <see cref="Root"/>.</summary>
    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "CxPlatform.sln")))
                return folder.FullName;
        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds CxPlatform.sln.");
    }
}
