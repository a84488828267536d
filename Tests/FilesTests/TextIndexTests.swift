import Testing
import WeirFiles
import WeirStatistics

@Suite("TextIndex")
struct TextIndexTests {
    private func bytes<Result>(_ text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        var text = text
        return text.withUTF8(body)
    }

    @Test(
        "Texts are numbered as they come, whatever their length; one taken back is new again", arguments: UInt64(0)..<10
    )
    func numbers(seed: UInt64) {
        var random = Xoshiro256StarStar(seed: seed)
        var index = TextIndex()
        var known: [String] = []
        for _ in 0..<2_000 {
            let letter = ["a", "b", "\u{0}"][Int(random.next() % 3)]
            let text = String(repeating: letter, count: Int(random.next() % 30)) + "\(random.next() % 40)"
            let expected = known.firstIndex(of: text)
            #expect(bytes(text) { index.existing($0) } == expected)
            #expect(bytes(text) { index.index(of: $0) } == expected ?? known.count)
            guard expected == nil else { continue }
            if random.next() % 3 == 0 {
                index.removeLast()
                #expect(bytes(text) { index.existing($0) } == nil)
            } else {
                known.append(text)
            }
        }
        #expect(index.texts == known)
        #expect(index.count == known.count)
    }

    @Test("The empty text, and texts that differ in their last byte or in zeros behind, are told apart")
    func alike() {
        var index = TextIndex()
        let texts = ["", "\u{0}", "\u{0}\u{0}", "abcdefg", "abcdefgh", "abcdefgi", "abcdefghi", "abcdefghabcdefgh"]
        #expect(texts.map { text in bytes(text) { index.index(of: $0) } } == Array(texts.indices))
        #expect(texts.map { text in bytes(text) { index.index(of: $0) } } == Array(texts.indices))
    }
}
