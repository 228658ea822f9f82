using System.Diagnostics;

namespace CxPlatform.Testing;

/// <summary>
/// Packages of npm, to try the platform with programs that are not ours. Installed once into CX_NODE_TOOLS, or a folder of the
/// user's temporary files; after that no network is needed.
/// </summary>
public static class NodeTools
{
    static readonly SemaphoreSlim Installing = new(1, 1);

    /// <summary>Where the packages are.</summary>
    public static string Folder { get; } = Environment.GetEnvironmentVariable("CX_NODE_TOOLS") is { Length: > 0 } named
        ? named
        : Path.Combine(Path.GetTempPath(), "cx-node-tools");

    /// <summary>Sees to it that packages are there.</summary>
    /// <param name="packages">Each with its version, e.g. <c>amqplib@0.10.9</c>.</param>
    public static async Task InstallAsync(params string[] packages)
    {
        await Installing.WaitAsync();
        try
        {
            // Several test processes share the folder: npm must not meet itself there.
            Directory.CreateDirectory(Folder);
            using var between = await LockAsync(Path.Combine(Folder, ".lock"));
            var missing = packages.Where(package => !File.Exists(Path.Combine(Folder, "node_modules", package[..package.LastIndexOf('@')], "package.json"))).ToArray();
            if (missing.Length == 0)
                return;
            using var npm = Start("npm", ["install", "--prefix", Folder, "--no-audit", "--no-fund", "--ignore-scripts", .. missing]);
            npm.StandardInput.Close();
            var output = npm.StandardOutput.ReadToEndAsync();
            var errors = await npm.StandardError.ReadToEndAsync();
            await npm.WaitForExitAsync();
            if (npm.ExitCode != 0)
                throw new InvalidOperationException($"npm could not install {string.Join(", ", missing)} into {Folder}:\n{await output}\n{errors}");
        }
        finally
        {
            Installing.Release();
        }
    }

    /// <summary>A program with its streams redirected, still to be started; modules are found in <see cref="Folder"/>.</summary>
    public static ProcessStartInfo StartOf(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["NODE_PATH"] = Path.Combine(Folder, "node_modules");
        return start;
    }

    /// <summary>Starts a program with its streams redirected; modules are found in <see cref="Folder"/>.</summary>
    public static Process Start(string program, params string[] arguments)
    {
        try
        {
            return Process.Start(StartOf(program, arguments))!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException($"'{program}' is needed to try the platform with programs that are not ours: install Node.js 20 or later with npm.", e);
        }
    }

    static async Task<FileStream> LockAsync(string path)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(200);
            }
        }
    }
}
