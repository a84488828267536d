import Testing
import WeirAccess

@Suite("What logs do not tell")
struct RedactionTests {
    private let key = "wk_" + String(repeating: "aB3-_x9", count: 6) + "z"

    @Test("Keys are taken out wherever they stand")
    func keys() {
        #expect(Redaction.withoutKeys("key \(key), and \"\(key)\"") == "key wk_…, and \"wk_…\"")
        #expect(Redaction.withoutKeys("wk_short and wk_") == "wk_short and wk_")
        #expect(Redaction.withoutKeys("") == "")
    }

    @Test("A value cannot begin a line of its own")
    func lines() {
        let text = "a\nb\rc\u{85}d\u{2028}e\u{1b}[31m\u{202e}f\tg"
        let line = Redaction.onOneLine(text)
        #expect(line == "a\\nb\\rc\\u{85}d\\u{2028}e\\u{1b}[31m\\u{202e}f\\tg")
        #expect(Redaction.onOneLine("naïve — 東京 🙂") == "naïve — 東京 🙂")
    }

    @Test("What somebody sent, which stands in quotes, is left out")
    func quotes() {
        #expect(
            Redaction.withoutQuotes("customer: “ada@example.com” is wrong; “a “b” c”. Send one.")
                == "customer: “…” is wrong; “…”. Send one.")
        #expect(Redaction.withoutQuotes("an open “quote") == "an open “…")
    }
}
