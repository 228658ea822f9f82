using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace CxPlatform.Intake.Channels.Chat;

/// <summary>The script that pages embed, as it is in <c>chat.js</c>.</summary>
internal sealed class ChatScript
{
    private readonly byte[] _script;
    private readonly EntityTagHeaderValue _tag;

    public ChatScript()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("chat.js")
            ?? throw new InvalidOperationException("chat.js is not embedded.");
        _script = new byte[stream.Length];
        stream.ReadExactly(_script);
        _tag = new($"\"{Convert.ToHexStringLower(SHA256.HashData(_script))[..16]}\"");
    }

    public IResult Serve(HttpContext context)
    {
        context.Response.Headers.CacheControl = "public, max-age=300";
        return TypedResults.Bytes(_script, "text/javascript; charset=utf-8", entityTag: _tag);
    }
}
