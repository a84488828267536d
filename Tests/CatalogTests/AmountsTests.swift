import Testing
import WeirCatalog
import WeirDomain

@Suite("How amounts are written as text")
struct AmountsTests {
    func read(_ text: String) throws(CatalogFaults) -> Catalog {
        try readCatalog([CatalogFile(name: CatalogFile.rootName, text: "currency: EUR\nsalt: s\n" + text)])
    }

    @Test(
        "A catalog may say which mark stands before decimals",
        arguments: [
            ("", nil), ("amounts: {decimal: comma}\n", .comma), ("amounts: {decimal: point}\n", .point),
        ] as [(String, AmountText.DecimalMark?)])
    func mark(text: String, expected: AmountText.DecimalMark?) throws {
        #expect(try read(text).decimalMark == expected)
    }

    @Test("Another word is a fault that names the known ones")
    func unknown() {
        let faults = #expect(throws: CatalogFaults.self) { try read("amounts: {decimal: coma}\n") }
        #expect(faults?.faults.map(\.description).joined().contains("Did you mean “comma”?") == true)
    }
}
