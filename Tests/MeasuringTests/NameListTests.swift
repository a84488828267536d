import Testing
import WeirMeasuring
import WeirReporting

/// Names that options list.
@Suite struct NameListTests {
    private let known = ["Portland, OR", "chicago", "São Paulo, SP", "Washington, DC (Hagerstown, MD)", "OR, again"]

    @Test(
        "Names are found with their commas, quoted or not, together or one by one",
        arguments: [
            (["chicago,Portland, OR"], ["chicago", "Portland, OR"]),
            (["\"Portland, OR\", chicago"], ["Portland, OR", "chicago"]),
            (["Washington, DC (Hagerstown, MD)", "chicago"], ["Washington, DC (Hagerstown, MD)", "chicago"]),
            (["são paulo,sp"], ["São Paulo, SP"]), (["nowhere, chicago"], ["nowhere", "chicago"]), ([" , "], []),
        ])
    func found(texts: [String], expected: [String]) throws {
        #expect(try NameList(texts).names(among: known) == expected)
    }

    @Test("A text that may be one name or two is refused")
    func ambiguous() throws {
        let error = try #require(throws: MeasurementError.self) {
            try NameList("a,b").names(among: ["a", "b", "a,b"])
        }
        #expect(error.description.contains("double quotes"))
        #expect(try NameList("\"a,b\"").names(among: ["a", "b", "a,b"]) == ["a,b"])
    }

    @Test("A quote within a quoted name is written twice, and one that never ends is a letter")
    func quotes() {
        #expect(NameList("\"the \"\"big\"\" one, x\",y").names == ["the \"big\" one, x", "y"])
        #expect(NameList("5\" pipe,y").names == ["5\" pipe", "y"])
    }
}
