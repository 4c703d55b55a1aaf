using System.Globalization;
using System.Text;

namespace Certrelay.Watch.Alerts.Channels;

/// <summary>A message as mail (RFC 5322, RFC 2045). Sent again it has the same Message-ID, so that mailboxes can drop repeats.</summary>
internal static class MailText
{
    // RFC 5322 section 2.1.1: a line has at most 78 characters, here 9 of the name and 12 of the frame of the word (RFC 2047); Base64 makes 4 of 3 bytes.
    private const int BytesOfWord = 42;

    public static byte[] Of(NoticeMessage message, string from, IReadOnlyList<string> to, int longestText)
    {
        var body = Convert.ToBase64String(
            Encoding.UTF8.GetBytes($"{message.Text(longestText)}\n".ReplaceLineEndings("\r\n")), Base64FormattingOptions.InsertLineBreaks);
        string[] lines =
        [
            $"Date: {message.At.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture)} +0000",
            $"From: {from}",
            $"To: {string.Join(",\r\n ", to)}",
            $"Message-ID: <{message.Id}@{from[(from.LastIndexOf('@') + 1)..]}>",
            $"Subject: {Encoded(message.Title)}",
            // RFC 3834: nobody's absence note shall answer.
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: base64",
            "",
            body,
            "",
        ];
        return Encoding.ASCII.GetBytes(string.Join("\r\n", lines));
    }

    /// <summary>Text as encoded words (RFC 2047), which also keeps a line break in it from becoming a header of its own; no character is cut.</summary>
    private static string Encoded(string text)
    {
        var (words, word) = (new List<string>(), new List<byte>());
        foreach (var rune in text.EnumerateRunes())
        {
            var bytes = Encoding.UTF8.GetBytes(rune.ToString());
            if (word.Count + bytes.Length > BytesOfWord)
                Flush();
            word.AddRange(bytes);
        }

        Flush();
        return string.Join("\r\n ", words);

        void Flush()
        {
            words.Add($"=?utf-8?B?{Convert.ToBase64String([.. word])}?=");
            word.Clear();
        }
    }
}
