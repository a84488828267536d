import WeirJSON

/// What must hold of JSON, whatever the bytes are: for the fuzzer, and for what it found.
enum JSONDecoding {
    /// What is wrong with how these bytes are read; nil where nothing is. A text that is refused is no fault.
    static func fault(_ bytes: [UInt8]) -> String? {
        let value: JSON
        do throws(JSONParsingError) { value = try JSON(parsing: bytes) } catch {
            return error.line >= 1 && error.column >= 1 ? nil : "The error stands at \(error.line):\(error.column)"
        }
        guard let again = try? JSON(parsing: value.bytes) else { return "What was written cannot be read" }
        // A number that is whole is written as a whole one, and a zero may lose its sign.
        guard again.canonical == value.canonical else { return "What was written is read as something else" }
        return again.bytes == value.bytes ? nil : "What was read again is written in another way"
    }

    static let seeds = [
        #"{"type":"track","userId":"ä","properties":{"revenue":42.5,"lines":[1,-2,3e-7,null,true,false]}}"#,
        #"["\u00e9\ud83d\ude00\n\"\\", -9223372036854775808, 18446744073709551615, 1e308, -0.0, {}, []]"#,
        #"{"a":{"a":1,"a":{"b":[[[]]]}},"long name of eight":"and a text","long name of eight":2}"#,
        "\u{feff} [1, 99999999999999999999, 123456789012345678901234567890]\r\n", "NaN", "[1,]", #"{"a" 1}"#,
    ].map { Array($0.utf8) }
}
