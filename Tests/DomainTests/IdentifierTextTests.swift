import Testing

import WeirDomain

@Suite("Texts that name somebody, or nobody")
struct IdentifierTextTests {
    @Test(
        "What programs write where they have no id names nobody",
        arguments: [
            "", " ", "\t\n", "undefined", "UNDEFINED", " null ", "nil", "None", "NaN", "[object Object]",
            "[object Undefined]", "(null)", "true", "false", "0", "000", "0.0", "00000000-0000-0000-0000-000000000000",
            "n/a", "guest", "Gast", "Walk-in", "anonymous", "unknown", "(not set)", "{{ user.id }}", "${userId}", "-",
            "distinct_id",
            "<%= user.id %>", "*|EMAIL|*", "%%ID%%", "#{id}", "{USER_ID}", "%USER_ID%",
        ])
    func nobody(text: String) { #expect(IdentifierText.isNobody(text)) }

    @Test(
        "Any other text names somebody",
        arguments: [
            "ada", "42", "10", "u0", "0a", "00000000-0000-0000-0000-000000000001", "undefined-1", "nullius", "guest-7",
            "none@example.org", "a@b.c", "n\u{0}u", "[x]", "object", "ünbekannt", "anonymous-but-longer-than-any-word",
        ])
    func somebody(text: String) { #expect(!IdentifierText.isNobody(text)) }

    @Test("Equivalent letters become one, others stay as they are")
    func normalized() {
        #expect(Array(IdentifierText.normalized("zoe\u{308}").utf8) == Array("zo\u{eb}".utf8))
        #expect(
            IdentifierText.normalized(" ada\t") == "ada" && IdentifierText.normalized("\u{a0}Zo\u{eb} ") == "Zo\u{eb}")
        for text in ["ada", "Zo\u{eb}", "漢字", "👩‍👩‍👧", ""] {
            #expect(Array(IdentifierText.normalized(text).utf8) == Array(text.utf8))
        }
    }
}
