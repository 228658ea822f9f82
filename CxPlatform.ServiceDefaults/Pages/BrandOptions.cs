using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace CxPlatform.ServiceDefaults.Pages;

/// <summary>Whose name pages speak in: <c>Cx:Brand</c>.</summary>
public sealed class BrandOptions
{
    [Required, StringLength(60)]
    public string Name { get; set; } = "Customer care";

    /// <summary>Six hexadecimal digits. Where it would be hard to read it is darkened or lightened until its contrast is at least 4.5 to 1.</summary>
    [RegularExpression("^#[0-9a-fA-F]{6}$", ErrorMessage = "must be a colour such as #1f5f8b.")]
    public string Colour { get; set; } = "#1f5f8b";

    /// <summary>Where customers can call a person, as it is to be read: <c>+49 30 1234567</c>. Shown to customers when set.</summary>
    [RegularExpression("^[+0-9][0-9 ()/-]{2,30}$", ErrorMessage = "must be a phone number such as +49 30 1234567.")]
    public string? Phone { get; set; }
}

/// <summary>sRGB colours with the relative luminance and contrast of WCAG 2.2.</summary>
internal readonly record struct Colour(byte R, byte G, byte B)
{
    public static Colour Parse(string hex) => new(
        byte.Parse(hex.AsSpan(1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
        byte.Parse(hex.AsSpan(3, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
        byte.Parse(hex.AsSpan(5, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    public double Luminance => 0.2126 * Linear(R) + 0.7152 * Linear(G) + 0.0722 * Linear(B);

    public static double Contrast(Colour a, Colour b) =>
        (Math.Max(a.Luminance, b.Luminance) + 0.05) / (Math.Min(a.Luminance, b.Luminance) + 0.05);

    /// <summary>Moves towards <paramref name="pole"/> until readable on <paramref name="ground"/>.</summary>
    public Colour ReadableOn(Colour ground, Colour pole)
    {
        for (var step = 0; step <= 20; step++)
        {
            var mixed = Mix(pole, step / 20.0);
            if (Contrast(mixed, ground) >= 4.5)
                return mixed;
        }
        return pole;
    }

    /// <summary>Black or white, whichever reads better on this colour.</summary>
    public Colour ReadableGround() =>
        Contrast(this, new(255, 255, 255)) >= Contrast(this, new(0, 0, 0)) ? new(255, 255, 255) : new(0, 0, 0);

    public override string ToString() => $"#{R:x2}{G:x2}{B:x2}";

    private Colour Mix(Colour other, double share) => new(Blend(R, other.R, share), Blend(G, other.G, share), Blend(B, other.B, share));

    private static byte Blend(byte a, byte b, double share) => (byte)Math.Round(a + (b - a) * share);

    private static double Linear(byte channel)
    {
        var c = channel / 255.0;
        return c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4);
    }
}
