import Testing
import WeirFiles

@Suite("NumberText")
struct NumberTextTests {
    private func cell<Result>(_ text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        var text = text + "\n"
        return text.withUTF8 { body(UnsafeBufferPointer(rebasing: $0.dropLast())) }
    }

    @Test(
        "Leading zeros, and exponents that no program writes, are codes",
        arguments: ["007", "00", "-01", "+05", "00.5", "1e5", "12E3", "0e0"])
    func codes(text: String) {
        #expect(cell(text, NumberText.isCode))
        #expect(cell(text, NumberText.finite) == Double(text))
    }

    @Test(
        "What programs write as numbers are numbers",
        arguments: ["0", "-0", "0.5", "7", "-7", "10", "100", "1e-05", "1e+05", "1.0e5", "1.5E10", ".5", "5."])
    func numbers(text: String) {
        #expect(!cell(text, NumberText.isCode))
        #expect(cell(text, NumberText.finite) == Double(text))
    }

    @Test("What is no finite number is none", arguments: ["", "-", ".", "1e", "0x1p3", "nan", "inf", "1e999", "1 2"])
    func none(text: String) {
        #expect(cell(text, NumberText.finite) == nil)
    }
}
