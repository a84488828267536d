import Testing
import WeirJSON

@Suite struct JSONWriterTests {
    @Test(arguments: [0, 1, -1, 9, 10, -10, 99, 100, 1_234_567_890, .max, .min])
    func `A whole number is written with its digits and no others`(value: Int64) {
        #expect(JSON.integer(value).text == value.description)
    }

    /// Among them the doubles nearest to the ends of Int64: −2⁶³ has no magnitude there.
    @Test(arguments: [
        -0x1p63, 0x1p63, -0x1p53, 0x1p53, 0x1p53 - 1, -9.223_372_036_854_775e18, 1e308, -1e308, 5e-324, -0.0, 0.1,
        .greatestFiniteMagnitude,
    ])
    func `Any finite number is written so that it is read back as it was`(value: Double) throws {
        let text = JSON.number(value).text
        #expect(try JSON(parsing: text).double == value, "\(text)")
        #expect(try JSON(parsing: "[-9223372036854775809, \(text)]").text.hasPrefix("[-9"))
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func `What JSON cannot hold is null`(value: Double) { #expect(JSON.number(value).text == "null") }

    @Test(arguments: [
        ("", #""""#), ("plain, with ümlauts 🙂", #""plain, with ümlauts 🙂""#), (#"a"b"#, #""a\"b""#), (#"\"#, #""\\""#),
        ("\u{1f}", #""\u001f""#), ("\u{20}", #"" ""#), ("tab\tend", #""tab\tend""#),
        ("a text longer than sixteen bytes with \n in it", #""a text longer than sixteen bytes with \n in it""#),
    ])
    func `A text is escaped where JSON demands it and nowhere else`(text: String, written: String) {
        #expect(JSON.string(text).text == written)
    }
}
