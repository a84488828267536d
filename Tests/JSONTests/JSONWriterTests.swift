import Testing
import WeirJSON

@Suite struct JSONWriterTests {
    @Test(arguments: [0, 1, -1, 9, 10, -10, 99, 100, 1_234_567_890, .max, .min])
    func `A whole number is written with its digits and no others`(value: Int64) {
        #expect(JSON.integer(value).text == value.description)
    }

    @Test(arguments: [
        ("", #""""#), ("plain, with ümlauts 🙂", #""plain, with ümlauts 🙂""#), (#"a"b"#, #""a\"b""#), (#"\"#, #""\\""#),
        ("\u{1f}", #""\u001f""#), ("\u{20}", #"" ""#), ("tab\tend", #""tab\tend""#),
        ("a text longer than sixteen bytes with \n in it", #""a text longer than sixteen bytes with \n in it""#),
    ])
    func `A text is escaped where JSON demands it and nowhere else`(text: String, written: String) {
        #expect(JSON.string(text).text == written)
    }
}
