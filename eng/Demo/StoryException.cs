namespace CxPlatform.Demo;

/// <summary>The story cannot go on; the message says why, to a person.</summary>
internal sealed class StoryException(string message) : Exception(message);
