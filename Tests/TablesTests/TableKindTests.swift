import Testing
import WeirTables

@Suite("What cells mean")
struct TableKindTests {
    private static func table(
        _ text: String, numbers: [String] = [], texts: [String] = [], verbatim: [String] = []
    ) throws -> Table {
        try Table(bytes: Array(text.utf8), mustBeNumbers: numbers, mustBeCategories: texts, verbatim: verbatim)
    }

    @Test(
        "A missing value is missing however it is spelled, in numbers, texts and ids",
        arguments: ["", " ", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None", "-", "#N/A"])
    func missing(spelling: String) throws {
        let table = try Self.table(
            "n,m,t,id\n1,2,a,7\n\(spelling),\(spelling),\(spelling),\(spelling)\n", numbers: ["m"], texts: ["id"])
        for name in ["n", "m"] {
            let numbers = try table.numbers(name)
            #expect(!numbers[0].isNaN && numbers[1].isNaN)
        }
        // Only a space is a text of its own, as ids keep theirs.
        for name in ["t", "id"] where spelling != " " { #expect(try table.categories(name).codes == [0, -1]) }
        #expect(table.faultCount == 0)
    }

    @Test("A value that was named is no missing one, and what people call things is not", arguments: ["None", "NA"])
    func verbatim(name: String) throws {
        let table = try Self.table("arm\nmail\n\(name)\nnone\n", texts: ["arm"], verbatim: ["arm"])
        #expect(try table.categories("arm").levels == ["mail", name, "none"])
        #expect(try Self.table("arm\nmail\nnone\n").categories("arm").codes == [0, 1])
    }

    @Test(
        "Ids of more digits than a number holds keep all of them, and amounts and moments stay numbers",
        arguments: [
            ("1234567890123456789", true), ("9007199254740993", true), ("1735689600000000", false), ("12345", false),
            ("0.12345678901234567", false), ("007", true),
        ])
    func longIds(id: String, isText: Bool) throws {
        let table = try Self.table("id\n\(id)\n12\n")
        if case .categories(_, let levels) = table.columns[0] {
            #expect(isText && levels == [id, "12"])
        } else {
            #expect(!isText)
        }
        // Who asks for numbers gets them.
        #expect(try table.numbers("id")[1] == 12)
    }

    @Test(
        "Too many lines that cannot be read are a refusal with the first ones, few are not",
        arguments: [(10, false), (11, true)])
    func unreadable(lines: Int, isRefused: Bool) throws {
        let bad = (0..<lines).map { _ in "1,2" }
        let table = try Self.table((["a"] + bad + ["1", "2", "3"]).joined(separator: "\n"))
        guard isRefused else { return try table.requireReadable() }
        let error = #expect(throws: TableError.self) { try table.requireReadable() }
        #expect(error?.description.contains("11 of 14 lines") == true && error?.description.contains("Line 2") == true)
        let long = try Self.table((["a"] + bad + (0..<200).map { "\($0)" }).joined(separator: "\n"))
        try long.requireReadable()
    }
}
