import Testing
import WeirCatalog
import WeirDomain
import WeirJSON

@Suite("Messages")
struct MessageTemplateTests {
    private let offer = Offer(
        id: "o", name: "Tea", cost: .zero(.usd), value: .zero(.usd), coupon: "T1")

    @Test(
        "Placeholders give way to what they name, else to their fallback",
        arguments: [
            ("", ""), ("Plain } { text", "Plain } { text"), ("{{trait.name}}", "Ann"), ("{{ trait.name }}!", "Ann!"),
            ("{{trait.missing|there}}", "there"), ("{{trait.missing | you there }}.", "you there."),
            ("{{trait.missing}}.", "."), ("{{trait.empty|x}}", "x"), ("{{trait.list|x}}", "x"),
            ("{{trait.null|x}}", "x"), ("{{trait.address.city}}", "Bonn"), ("{{trait.age}}/{{trait.vip}}", "7/true"),
            ("{{trait.name|a|b}}{{trait.no|a|b}}", "Anna|b"), ("{{context.store}}", "S"),
            ("{{offer.name}} {{offer.coupon}} {{offer.id}}", "Tea T1 o"), ("{{trait.name}}{{offer.name}}", "AnnTea"),
            ("ä {{trait.name}} 🎉", "ä Ann 🎉"),
        ])
    func rendering(template: String, message: String) throws {
        let traits: JSON = [
            "name": "Ann", "empty": "", "list": [1], "null": nil, "address": ["city": "Bonn"], "age": 7, "vip": true,
        ]
        let compiled = try MessageTemplate(compiling: template)
        #expect(compiled.render(offer: offer, traits: traits, context: ["store": "S"]) == message)
    }

    @Test(
        "Bad placeholders are refused where they stand",
        arguments: [
            ("ä {{trait.name", 3, "The placeholder has no end. Close it with “}}”."),
            ("{{}}", 1, "“{{}}” names nothing. Write it like “{{trait.firstName|there}}”."),
            ("{{name}}", 1, "“{{name}}” names nothing. Write it like “{{trait.firstName|there}}”."),
            ("{{trait..x}}", 1, "“{{trait..x}}” names nothing. Write it like “{{trait.firstName|there}}”."),
            ("a{{user.name}}", 2, "“user” is no source of placeholders. Known: “trait”, “context”, “offer”."),
            ("{{offer.nam}}", 1, "Offers show no “nam”. Did you mean “name”?"),
        ])
    func refusal(template: String, column: Int, message: String) {
        #expect(throws: RuleError(column: column, message: message)) { try MessageTemplate(compiling: template) }
    }

    @Test("What a template looks at is known before it is rendered")
    func paths() throws {
        let template = try MessageTemplate(compiling: "{{trait.a.b}}{{context.c|x}}{{offer.name}}")
        #expect(template.traitPaths == [JSONPath("a.b")])
        #expect(template.contextPaths == [JSONPath("c")])
    }
}
