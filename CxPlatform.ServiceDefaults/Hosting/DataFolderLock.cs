using System.Globalization;

namespace CxPlatform.ServiceDefaults;

/// <summary>One embedded host per data folder: two relays over the same SQLite files would fight, and one of them would be forgotten running.</summary>
internal sealed class DataFolderLock : IDisposable
{
    private readonly FileStream _file;

    private DataFolderLock(FileStream file) => _file = file;

    /// <exception cref="ConfigurationFaultException">Another process holds the folder.</exception>
    public static DataFolderLock Take(string dataPath)
    {
        Directory.CreateDirectory(dataPath);
        var holder = Path.Combine(dataPath, "running.pid");
        try
        {
            var file = new FileStream(Path.Combine(dataPath, "running.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(holder, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new DataFolderLock(file);
        }
        catch (IOException)
        {
            var other = File.Exists(holder) ? $" (process {File.ReadAllText(holder)})" : "";
            throw new ConfigurationFaultException(
                $"another CxPlatform{other} is running on the data in {dataPath}. "
                + $"Stop it first, or give this one a folder of its own: --Cx:Data:Path=<folder>.");
        }
    }

    public void Dispose() => _file.Dispose();
}
