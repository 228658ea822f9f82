namespace CxPlatform.ServiceDefaults;

/// <summary>Signing in to the desk.</summary>
public static class SignInEndpoints
{
    public const string SignInPath = "/sign-in";
    public const string ReturnUrl = "returnUrl";
}
