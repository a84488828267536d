import Testing
import WeirJSON
import WeirReporting

@Suite("Answer")
struct AnswerTests {
    private let table = ReportTable(
        name: "known-keys", columns: [.init("name", "name"), .init("scopes", "scopes")],
        rows: [[.text("shop"), .text("collect")]])

    @Test("Rows are the same as text, JSON and CSV; without rows a sentence says so")
    func rows() {
        let answer = Answer(table, empty: "There are no keys.")
        #expect(answer.text == "name  scopes\nshop  collect\n")
        #expect(answer.json.text == #"{"known_keys":[{"name":"shop","scopes":"collect"}]}"#)
        #expect(answer.tables.first?.csv == "name,scopes\r\nshop,collect\r\n")

        var none = table
        none.rows = []
        #expect(Answer(none, empty: "There are no keys.").text == "There are no keys.\n")
        #expect(Answer(none, empty: "There are no keys.").json.text == #"{"known_keys":[]}"#)
    }

    @Test("What would steer a terminal is written out, lines and letters stay")
    func controls() {
        let text = "a\u{1b}[2J\u{7}\tb\u{202e}\u{9b}\nÄ日\r\n"
        #expect(text.withoutTerminalControls == "a\\u{1B}[2J\\u{7}\tb\\u{202E}\\u{9B}\nÄ日\r\n")
    }

    @Test("Sentences stand as they are, an answer without any is empty")
    func sentences() {
        #expect(Answer(["One.", "Two."], json: .null).text == "One.\nTwo.\n")
        #expect(Answer([], json: .null).text == "")
    }

    @Test("Objects become rows; what is missing or null is empty, what is nested is JSON")
    func objects() {
        let table = ReportTable(
            name: "models", columns: [.init("id", "id"), .init("lessons", "lessons"), .init("live", "live")],
            of: [["id": "a", "lessons": 3, "live": ["n": 1]], ["id": "b", "live": .null]])
        #expect(table.rows == [[.text("a"), .number(3), .text(#"{"n":1}"#)], [.text("b"), .empty, .empty]])
    }
}
