namespace CxPlatform.Routing.Domain;

/// <summary>Where a phrase stands in a text: its first and its last character.</summary>
internal readonly record struct Found(int Phrase, int Start, int End);

/// <summary>Finds every occurrence of many phrases in one pass (Aho and Corasick 1975): time linear in the text and the findings,
/// whatever the phrases are.</summary>
internal sealed class PhraseFinder
{
    private readonly Dictionary<long, int> _edges = [];
    private readonly List<int> _fallback = [0];
    private readonly List<int> _phrase = [-1];
    private readonly List<int> _shorter = [0];
    private readonly List<int> _lengths;

    /// <param name="phrases">In <see cref="Prose"/>'s normal form with its spaces: <c>" refund "</c>. No two alike.</param>
    public PhraseFinder(IReadOnlyList<string> phrases)
    {
        _lengths = [.. phrases.Select(phrase => phrase.Length)];
        var byDepth = new List<(int Node, int Parent, char Letter)>();
        for (var i = 0; i < phrases.Count; i++)
        {
            var node = 0;
            foreach (var letter in phrases[i])
            {
                if (!_edges.TryGetValue(Key(node, letter), out var next))
                {
                    next = _fallback.Count;
                    _edges.Add(Key(node, letter), next);
                    _fallback.Add(0);
                    _phrase.Add(-1);
                    _shorter.Add(0);
                    byDepth.Add((next, node, letter));
                }
                node = next;
            }
            _phrase[node] = i;
        }
        Link(byDepth);
    }

    public List<Found> Find(string text)
    {
        var found = new List<Found>();
        var node = 0;
        for (var i = 0; i < text.Length; i++)
        {
            node = Step(node, text[i]);
            for (var hit = _phrase[node] >= 0 ? node : _shorter[node]; hit != 0; hit = _shorter[hit])
                found.Add(new(_phrase[hit], i - _lengths[_phrase[hit]] + 1, i));
        }
        return found;
    }

    // Nodes in order of depth: a fallback is always shallower, so it is ready when it is needed.
    private void Link(List<(int Node, int Parent, char Letter)> nodes)
    {
        var depth = new int[_fallback.Count];
        foreach (var (node, parent, _) in nodes)
            depth[node] = depth[parent] + 1;
        foreach (var (node, parent, letter) in nodes.OrderBy(n => depth[n.Node]))
        {
            var fallback = parent == 0 ? 0 : Step(_fallback[parent], letter);
            _fallback[node] = fallback;
            _shorter[node] = _phrase[fallback] >= 0 ? fallback : _shorter[fallback];
        }
    }

    private int Step(int node, char letter)
    {
        int next;
        while (!_edges.TryGetValue(Key(node, letter), out next))
        {
            if (node == 0)
                return 0;
            node = _fallback[node];
        }
        return next;
    }

    private static long Key(int node, char letter) => ((long)node << 16) | letter;
}
