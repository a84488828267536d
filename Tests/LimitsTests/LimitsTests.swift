import Testing
import WeirJSON
import WeirLimits

@Suite("What a value may be")
struct LimitsTests {
    private let limits = Limits()

    /// The reason and the field of what is beyond a limit; nil where nothing is.
    private func fault(_ body: () throws(LimitFault) -> Void) -> LimitFault? {
        do throws(LimitFault) {
            try body()
            return nil
        } catch { return error }
    }

    @Test("An id has at most 256 bytes, however few characters", arguments: ["a", "é", "👩‍👩‍👧"])
    func ids(character: String) {
        let fitting = String(repeating: character, count: 256 / character.utf8.count)
        #expect(fault { () throws(LimitFault) in try limits.checkID(fitting, "customer") } == nil)
        let long = fitting + character
        let found = fault { () throws(LimitFault) in try limits.checkID(long, "customer") }
        #expect(found?.kind == .id)
        #expect(found?.field == "customer")
        #expect(
            found?.reason
                == "“customer” has \(long.utf8.count) bytes; at most 256 are allowed. Send a short id, such as a UUID.")
    }

    @Test("An object has at most 512 members, at any depth", arguments: [512, 513])
    func members(count: Int) {
        let inner = JSON.object((0..<count).map { JSON.Member("m\($0)", .integer(1)) })
        let found = fault { () throws(LimitFault) in try limits.check(["a": [1, inner]], "properties") }
        #expect(found?.kind == (count > 512 ? .members : nil))
        #expect(found?.field == (count > 512 ? "properties/a/1" : nil))
    }

    @Test("A member's name has at most 256 bytes", arguments: [256, 257])
    func names(length: Int) {
        let name = String(repeating: "x", count: length)
        let found = fault { () throws(LimitFault) in try limits.check(.object([.init(name, 1)]), "traits") }
        #expect(found?.kind == (length > 256 ? .name : nil))
        #expect((found?.reason.utf8.count ?? 0) < 400, "What was sent is not repeated whole.")
    }

    @Test("Objects and arrays stand at most 16 deep", arguments: [16, 17])
    func depth(levels: Int) {
        var value: JSON = .integer(1)
        for level in 0..<levels { value = level.isMultiple(of: 2) ? .array([value]) : .object([.init("a", value)]) }
        let found = fault { () throws(LimitFault) in try limits.check(value, "context") }
        #expect(found?.kind == (levels > 16 ? .depth : nil))
    }

    @Test("The context of a decision has at most 8,192 bytes", arguments: [0, 1])
    func context(excess: Int) {
        let empty = JSON.object([.init("page", "")]).bytes.count
        let context: JSON = ["page": .string(String(repeating: "x", count: 8_192 - empty + excess))]
        let found = fault { () throws(LimitFault) in try limits.checkContext(context, "context") }
        #expect(found?.kind == (excess > 0 ? .context : nil))
        #expect(found?.reason.hasPrefix("“context” has 8193 bytes") ?? (excess == 0))
    }

    @Test("A trait has at most 2,048 bytes of JSON", arguments: [0, 1])
    func traits(excess: Int) {
        let traits: JSON = ["short": 1, "bio": .string(String(repeating: "x", count: 2_046 + excess))]
        let found = fault { () throws(LimitFault) in try limits.checkTraits(traits, "traits") }
        #expect(found?.field == (excess > 0 ? "traits/bio" : nil))
    }

    @Test("Each limit is counted by its name, and named where it was never met")
    func counting() {
        let counts = LimitCounts()
        counts.countHit(of: .id)
        counts.countHit(of: .id, 2)
        counts.countHit(of: .depth, 0)
        #expect(counts.all.map(\.kind) == Limits.Kind.allCases)
        #expect(counts[.id] == 3)
        #expect(counts[.depth] == 0)
    }
}
