using CxPlatform.Contracts;
using CxPlatform.Routing.Assigning;
using CxPlatform.Routing.Domain;

namespace CxPlatform.Routing.Tests.Triage;

/// <summary>What customers write, and what the built-in rules must understand of it: kind, category, priority, feeling.</summary>
public sealed class TriageTableTests
{
    [Theory]
    // Questions.
    [InlineData("en", "How long does shipping to Norway take?", "question delivery normal neutral")]
    [InlineData("en", "Hi, can you tell me when will my parcel arrive? Thanks in advance.", "question delivery normal neutral")]
    [InlineData("en", "Is it possible to pay by direct debit?", "question billing normal neutral")]
    [InlineData("en", "I was wondering whether you offer a student discount.", "question billing normal neutral")]
    [InlineData("en", "Do you have a store in Leeds?", "question general normal neutral")]
    [InlineData("en", "What is the notice period of my contract?", "question contract normal neutral")]
    [InlineData("en", "How do I change the language of the app?", "question technical normal neutral")]
    [InlineData("en", "Hello", "question general normal neutral")]
    // Requests.
    [InlineData("en", "Please cancel my subscription at the end of the month.", "request contract normal neutral")]
    [InlineData("en", "Could you send me a copy of last month's invoice?", "request billing normal neutral")]
    [InlineData("en", "I'd like to return the shoes, they're the wrong colour for me. Please send a return label.",
        "request returns normal neutral")]
    [InlineData("en", "We moved house. Please change my address, the new address is 4 Mill Lane.", "request account normal neutral")]
    [InlineData("en", "Please delete my account and all personal data under GDPR.", "request privacy normal neutral")]
    [InlineData("en", "I would like to order two more of the small ones. No rush.", "request general low neutral")]
    [InlineData("en", "Please call me back when you have time.", "request general low neutral")]
    // Problems.
    [InlineData("en", "The app crashes every time I open the settings.", "problem technical normal neutral")]
    [InlineData("en", "I can't log in, it says my password is wrong.", "problem account normal neutral")]
    [InlineData("en", "My router stopped working this morning.", "problem technical normal neutral")]
    [InlineData("en", "I was charged twice for order 4711.", "problem billing normal neutral")]
    [InlineData("en", "The parcel has not arrived yet.", "problem delivery normal neutral")]
    [InlineData("en", "The screen was cracked when I unpacked it.", "problem technical normal neutral")]
    [InlineData("en", "We cannot work, the whole system is down!", "problem technical urgent neutral")]
    [InlineData("en", "I need this fixed urgently, the printer won't start and my deadline is tomorrow morning",
        "problem technical high neutral")]
    [InlineData("en", "I'm locked out of my account", "problem account high neutral")]
    [InlineData("en", "I doesnt work since the update, pls help", "problem technical normal neutral")]
    [InlineData("en", "There is a burning smell coming from the charger", "question safety urgent neutral")]
    [InlineData("en", "I got an electric shock from your heater and was injured.", "question safety urgent neutral")]
    [InlineData("en", "I think my account was hacked, there is an order I never made", "question account urgent neutral")]
    [InlineData("en", "It's not urgent, but the battery is defective.", "problem returns low neutral")]
    [InlineData("en", "I am still waiting for my refund, it's been three weeks. Very frustrating.", "problem billing normal unhappy")]
    // Complaints.
    [InlineData("en", "I want to make a complaint about your courier, he was rude.", "complaint delivery normal neutral")]
    [InlineData("en", "This is the third time I write. Nobody answers. Unacceptable!", "complaint general high angry")]
    [InlineData("en", "I'm not happy with the repair.", "complaint returns normal unhappy")]
    [InlineData("en", "I am not at all satisfied with how this was handled", "complaint general normal unhappy")]
    [InlineData("en", "WHERE IS MY REFUND?? I AM FURIOUS!!!", "question billing high angry")]
    [InlineData("en", "What a joke. Thanks for nothing.", "complaint general high angry")]
    [InlineData("en", "Very disappointed with the quality. Not what was promised.", "complaint general normal unhappy")]
    [InlineData("en", "My lawyer will contact you. I will take you to court.", "question general high neutral")]
    [InlineData("en", "YOUR WEBSITE DOES NOT WORK AND I WANT MY MONEY BACK", "problem technical high angry")]
    // Praise.
    [InlineData("en", "Thank you so much, great service!", "praise general low happy")]
    [InlineData("en", "Your colleague was very helpful and solved my problem in minutes. Fantastic!!!", "praise general low happy")]
    [InlineData("en", "I love your app, keep up the good work 👍", "praise technical low happy")]
    [InlineData("en", "I have never been happier with a delivery", "praise delivery low happy")]
    [InlineData("en", "Great service! But how do I add a second user?", "question general normal happy")]
    [InlineData("en", "Amazing product, but it does not work with my phone.", "problem technical normal happy")]
    // Ideas.
    [InlineData("en", "It would be great if the app had a dark mode.", "idea technical low neutral")]
    [InlineData("en", "Suggestion: please add a search box to the order list", "idea general low neutral")]
    // Fragen.
    [InlineData("de", "Wie lange dauert der Versand nach Österreich?", "question delivery normal neutral")]
    [InlineData("de", "Guten Tag, wann wird mein Paket zugestellt? Vielen Dank im Voraus", "question delivery normal neutral")]
    [InlineData("de", "Ich würde gerne wissen, welche Laufzeit mein Vertrag hat.", "question contract normal neutral")]
    [InlineData("de", "Gibt es einen Rabatt für Studenten?", "question billing normal neutral")]
    // Anliegen.
    [InlineData("de", "Hiermit kündige ich meinen Vertrag zum nächstmöglichen Termin.", "request contract normal neutral")]
    [InlineData("de", "Bitte senden Sie mir die Rechnung vom Mai noch einmal zu.", "request billing normal neutral")]
    [InlineData("de", "Ich moechte die Hose umtauschen, bitte um Zusendung eines Ruecksendeetiketts.", "request returns normal neutral")]
    [InlineData("de", "Wir sind umgezogen, die neue Anschrift lautet Gartenweg 3.", "request account normal neutral")]
    [InlineData("de", "Bitte um Rückruf bei Gelegenheit.", "request general low neutral")]
    // Probleme.
    [InlineData("de", "Seit dem Update funktioniert die App nicht mehr und stürzt ab.", "problem technical normal neutral")]
    [InlineData("de", "Mein WLAN geht nicht.", "problem technical normal neutral")]
    [InlineData("de", "Der Betrag wurde doppelt abgebucht.", "problem billing normal neutral")]
    [InlineData("de", "Das Paket ist immer noch nicht angekommen.", "problem delivery normal unhappy")]
    [InlineData("de", "Ich kann mich nicht anmelden, das Passwort wird nicht akzeptiert.", "problem account normal neutral")]
    [InlineData("de", "Die Heizung ist ausgefallen, bitte schicken Sie dringend jemanden!", "problem technical high neutral")]
    [InlineData("de", "Es riecht nach Gas in der Küche!", "question safety urgent neutral")]
    [InlineData("de", "Das Ladegerät qualmt, ich habe einen Stromschlag bekommen", "question safety urgent neutral")]
    [InlineData("de", "Nicht dringend, aber auf der Telefonrechnung fehlt die Adresse.", "problem billing low neutral")]
    // Beschwerden.
    [InlineData("de", "Ich möchte mich beschweren: Ihr Fahrer war unfreundlich.", "complaint general normal neutral")]
    [InlineData("de", "Ich bin mit dem Service nicht zufrieden.", "complaint general normal unhappy")]
    [InlineData("de", "Das ist eine Frechheit! Niemand antwortet, seit Wochen!!", "complaint general high angry")]
    [InlineData("de", "Der neue Tarif gefällt mir gar nicht.", "complaint contract normal unhappy")]
    [InlineData("de", "ICH WARTE SEIT WOCHEN AUF MEIN GELD! MIR REICHT ES!!!", "complaint general high angry")]
    [InlineData("de", "Sonst schalte ich meinen Anwalt und die Verbraucherzentrale ein.", "question general high neutral")]
    // Lob.
    [InlineData("de", "Vielen Dank für die schnelle Hilfe, toller Service!", "praise general low happy")]
    [InlineData("de", "Ich bin rundum zufrieden, weiter so 😊", "praise general low happy")]
    [InlineData("de", "Ein großes Lob an Frau Berger, sie war sehr freundlich.", "praise general low happy")]
    // Ideen.
    [InlineData("de", "Es wäre schön, wenn man Rechnungen als PDF herunterladen könnte.", "idea billing low neutral")]
    [InlineData("de", "Ein Verbesserungsvorschlag: Lieferungen auch am Samstag", "idea delivery low neutral")]
    public void The_built_in_rules_understand(string language, string text, string expected)
    {
        var reading = BuiltInRules.Reader.Read(null, text, null);
        var understood = Understanding.Of(reading, BuiltInRules.Reader.Rules.Defaults, null, null);

        var actual = $"{understood.Kind.Value} {understood.Category.Value} {understood.Priority.Value} {understood.Feeling.Value}".ToLowerInvariant();
        Assert.True(expected == actual,
            $"expected {expected}\nbut was  {actual}\nbecause  {string.Join("\n         ", understood.Reasons)}");
        if (text.Length > 20)
            Assert.Equal(language, understood.Language);
    }
}
