using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace CxPlatform.Cases.Domain;

/// <summary>Tells a short thank-you from a message that wants something. In doubt it wants something: a person looks.</summary>
/// <remarks>Every word must be known, so a but, a no, a number or a name of a thing makes it a message like any other. Left out on purpose is
/// what is a thank-you in one language and an answer in another ("tak" alone), a yes, and what asks for something in advance.</remarks>
internal static partial class ThankYou
{
    public const int MaxLength = 160;

    /// <summary>Words, and pairs of words, that thank.</summary>
    private static readonly FrozenSet<string> Thanks = Set(
        """
        thanks thank thankyou thx ty cheers
        danke dankeschön dankeschoen dankesehr dank perfect perfekt wunderbar
        appreciated appreciate
        merci remercie remercions gracias agradezco agradecemos grazie ringrazio ringraziamo ringraziamenti agradeço
        спасибо благодарю благодарим дякую дякуємо благодаря ευχαριστώ ευχαριστούμε köszönöm köszönjük mulțumesc multumesc mulțumim hvala ďakujem
        شكرا شكراً תודה 谢谢 谢谢您 谢谢你 非常感谢 感谢 謝謝 感謝 감사합니다 고맙습니다
        bedankt bedanke dankjewel dankuwel dank_je dank_u
        obrigado obrigada
        dziękuję dziekuje dziękujemy dzięki dzieki
        tack tackar
        takk mange_tak tusind_tak tusen_takk tak_for tak_skal
        kiitos kiitoksia kiitän
        děkuji dekuji děkuju děkujeme díky
        teşekkürler tesekkurler teşekkür sağolun sağol sağ_olun
        """);

    private static readonly FrozenSet<string> Allowed = Set(
        """
        you u so very much many a lot again for your the quick fast great kind help support reply answer response and all
        sincerely yours everything works working it is its it's now fine that this was helped good best regards have nice day weekend ok okay
        super top awesome wonderful brilliant excellent everyone team hi hello dear to solved fixed sorted resolved worked done got
        received arrived today that that's you're you've been amazing lovely really truly prompt efficient friendly kindness patience
        effort time assistance service feedback info information getting letting know me back i wishes warm am

        vielen lieben besten herzlichen tausend sehr schön für die das der den ihre eure deine schnelle tolle gute hilfe antwort
        unterstützung und alles ist jetzt es geht funktioniert klappt wieder gut prima klasse toll spitze passt hat geholfen mir uns ich
        mich bei ihnen euch dir mfg lg vg viele grüße gruß grüsse gruss liebe freundliche freundlichen grüßen mit schönen tag noch hallo gelöst
        erledigt wirklich nochmals nochmal einen schönes wochenende dir dein deinen ihren rückmeldung info infos information auskunft
        bearbeitung lösung erledigung bemühungen mühe unkomplizierte freundliche klar prompte kompetente service erhalten angekommen
        bekommen tadellos einwandfrei echt ganz herzliche herzlich nette kulanz kulante habe hab haben sie zum zur heute schönen

        beaucoup grand bien infiniment mille pour votre vos ton ta tes aide l'aide réponse rapide rapidité efficace efficacité tout parfait
        bonne bon journée soirée week-end bonjour cordialement toute l'équipe équipe c'est réglé résolu très gentil encore fonctionne
        marche excellente vous et la le les à est

        muchas mucho muchísimas mil le les por su tu ayuda respuesta rápida todo funciona perfecto excelente saludos un una saludo cordial buen día
        tarde buenas tardes buenos días hola equipo muy amable amables atención resuelto solucionado está y gran el

        mille tante molte il aiuto l'aiuto vostro suo tuo risposta veloce rapida tutto perfetto perfettamente ottimo cordiali saluti
        buona giornata serata ciao salve buongiorno gentile gentili molto di cuore risolto assistenza infinite ancora per i

        hartelijk voor het uw jouw je hulp snelle reactie antwoord werkt weer goed fijne dag avond groeten groet vriendelijke met veel
        heel erg beste iedereen opgelost de u wel

        muito pela pelo sua seu ajuda resposta tudo perfeito ótimo atendimento abraço abraços cumprimentos bom boa dia noite olá
        equipe resolvido e o os

        bardzo za pomoc szybką odpowiedź wszystko działa świetnie pozdrawiam serdecznie miłego dnia dzień dobry raz jeszcze

        så mycket för hjälpen snabba svaret allt fungerar nu bra jättebra toppen hälsningar vänliga vänlig hälsning trevlig helg hej
        er din ert den det är löst och med en

        tak mange tusind tusen hjælpen hjelpen hurtige raske svaret alt virker fungerer nå fint flott hilsen venlig vennlig god ha
        fin hei løst meget mye skal du have i

        paljon avusta avustanne nopeasta vastauksesta kaikki toimii nyt hyvin hienoa mahtavaa terveisin ystävällisin hyvää
        päivää päivänjatkoa viikonloppua moi todella suuret

        moc mockrát rychlou odpověď vše funguje skvělé výborně s pozdravem hezký den dobrý pěkný vám velmi

        большое огромное вам вас очень за помощь быстрый ответ всё все работает отлично уважением дуже вам за допомогу все працює много
        помощта ви πολύ πάρα για τη την βοήθεια σας όλα καλά szépen nagyon a segítséget gyors választ minden működik frumos mult pentru
        ajutor răspuns puno lijepa lepa vam na pomoći pomoč pekne veľmi pomoc جزيلا لك لكم على المساعدة רבה לך לכם על העזרה 정말 도움

        çok için yardımınız yardımlarınız hızlı cevabınız yanıtınız ederim ederiz her şey çalışıyor harika süper mükemmel iyi günler
        çalışmalar selamlar merhaba olun sağ
        """);

    /// <summary>Below which people put their name.</summary>
    private static readonly FrozenSet<string> Closings = Set(
        """
        regards sincerely mfg lg vg gruß grüße grüßen gruss grüsse cordialement saludo saludos saluti groet groeten cumprimentos abraço abraços
        pozdrawiam hälsning hälsningar hilsen terveisin pozdravem selamlar
        """);

    /// <summary>Small words in names.</summary>
    private static readonly FrozenSet<string> Particles = Set("von van der den de da di del della la le el al bin zu y und");

    private const int LongestName = 4;

    /// <summary>Without spaces between words: what a run of them may be made of. Those that thank come first.</summary>
    private static readonly string[] ThanksInJapanese = ["ありがとうございました", "ありがとうございます", "ありがとう", "感謝いたします", "感謝します", "感謝しております"];
    private static readonly string[] AllowedInJapanese =
    [
        "本当に", "大変", "とても", "どうも", "誠に", "心から", "迅速な", "早速の", "丁寧な", "ご丁寧な", "ご対応", "対応", "ご返信", "返信", "ご回答", "お返事",
        "ご連絡", "いただき", "頂き", "助かりました", "解決しました", "お世話になりました", "皆様", "に", "を", "の",
    ];

    /// <param name="names">The customer's, whose words may stand under the thanks, and the name of whom they thank.</param>
    public static bool Is(string text, params ReadOnlySpan<string?> names)
    {
        if (text.Length > MaxLength || text.AsSpan().ContainsAny('?', '？', '¿'))
            return false;
        var own = Words(string.Join(' ', names)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var thanked = false;
        var before = "";
        var words = Words(text).ToList();
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            if (Closings.Contains(before) && IsName(words[i..]))
                break;
            var thanks = Thanks.Contains(word) || Thanks.Contains($"{before}_{word}");
            if (!thanks && !Allowed.Contains(word) && !own.Contains(word) && !IsJapanese(word, out thanks))
                return false;
            thanked |= thanks;
            before = word;
        }
        return thanked;
    }

    // Whatever they are called: a few words with capitals, and nothing after them.
    private static bool IsName(List<string> words) =>
        words.Count <= LongestName && words.TrueForAll(word => char.IsUpper(word[0]) || Particles.Contains(word));

    private static bool IsJapanese(ReadOnlySpan<char> word, out bool thanks)
    {
        thanks = false;
        while (word.Length > 0)
        {
            if (Longest(word, ThanksInJapanese) is var thanking and > 0)
                thanks = true;
            else if (Longest(word, AllowedInJapanese) is var allowed and > 0)
                thanking = allowed;
            else
                return false;
            word = word[thanking..];
        }
        return true;
    }

    private static int Longest(ReadOnlySpan<char> text, string[] phrases)
    {
        var longest = 0;
        foreach (var phrase in phrases)
            if (phrase.Length > longest && text.StartsWith(phrase, StringComparison.Ordinal))
                longest = phrase.Length;
        return longest;
    }

    private static IEnumerable<string> Words(string text) => Word().Matches(text.Replace('’', '\'')).Select(match => match.Value);

    private static FrozenSet<string> Set(string words) =>
        words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    [GeneratedRegex(@"[\p{L}\p{N}][\p{L}\p{M}\p{N}'-]*")]
    private static partial Regex Word();
}
