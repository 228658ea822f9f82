using CxPlatform.Mail;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Intake;

/// <summary>The files of a mail, by their first bytes.</summary>
internal static class MailFiles
{
    /// <summary>The first bytes, without decoding the rest.</summary>
    public static byte[] Start(InboundAttachment file)
    {
        using var content = file.OpenContent();
        var start = new byte[FileTypes.Looked];
        return start[..content.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
    }

    /// <summary>Warnings about files that are not what their sender says.</summary>
    public static IReadOnlyList<string> Mismatches(IReadOnlyList<InboundAttachment> files)
    {
        var warnings = new List<string>();
        for (var n = 0; n < files.Count; n++)
        {
            var declared = files[n].ContentType;
            if (FileTypes.Sniff(Start(files[n])) is { } found && found != declared && declared != FileTypes.Octets
                && !FileTypes.IsWithin(found, declared))
                warnings.Add($"file-type: file {n + 1} is declared as {Clean.Line(declared, 80)}, but its bytes are {found}.");
        }
        return warnings;
    }
}
