import Testing
import WeirDomain
import WeirIngestion
import WeirJSON

@Suite("Amounts in messages")
struct AmountFieldsTests {
    func decode(_ properties: JSON, event: String = "Order Completed", amounts: AmountFields = AmountFields()) throws
        -> DecodedMessages
    {
        var decoder = MessageDecoder(source: "web")
        decoder.rules.amounts = amounts
        return try decoder.decode(
            ["event": .string(event), "userId": "u", "properties": properties], at: .track, received: received,
            newMessageID: { "made" })
    }

    @Test("An amount that is written as text counts as what it says")
    func text() throws {
        let event = try decode([
            "revenue": "42.50", "total": "$1,299.00", "tax": 3, "order_id": "7",
            "products": [["price": "1.299,00 €", "quantity": "2", "sku": "9"], "x"],
        ]).events.first
        #expect(
            event?.properties == [
                "revenue": 42.5, "total": 1299, "tax": 3, "order_id": "7",
                "products": [["price": 1299, "quantity": 2, "sku": "9"], "x"],
            ])
    }

    @Test(
        "One that cannot be read is refused with its place, never counted as nothing",
        arguments: [
            (["revenue": "free"], "revenue", "is no amount"), (["revenue": "1.000"], "revenue", "two amounts"),
            (["revenue": true], "revenue", "a boolean"), (["total": ["a": 1]], "total", "an object"),
            (["products": [["price": "x"]]], "products/0/price", "is no amount"),
            (["revenue": "12 €", "currency": "USD"], "revenue", "in one currency"),
        ] as [(JSON, String, String)])
    func refused(properties: JSON, place: String, words: String) throws {
        let decoded = try decode(properties)
        #expect(decoded.events.isEmpty)
        #expect(decoded.rejected.first?.pointer == "#/properties/\(place)")
        #expect(decoded.rejected.first?.reason.contains(words) == true)
    }

    @Test("Where the catalog declares the mark before decimals, that is how texts are read")
    func declaredMark() throws {
        let amounts = AmountFields(decimalMark: .comma)
        #expect(try decode(["revenue": "1.000"], amounts: amounts).events.first?.properties == ["revenue": 1000])
    }

    @Test("What the catalog adds up is an amount, and nothing else of other events")
    func declared() throws {
        let catalog = Catalog(
            salt: "s", currency: .pieces,
            features: [
                FeatureDeclaration(
                    name: "saved", aggregate: .sum,
                    pattern: EventPattern(
                        name: "Moved", conditions: [.init(path: JSONPath("kind"), anyOf: ["money"])]),
                    value: JSONPath("deep.value")),
                FeatureDeclaration(
                    name: "lines", aggregate: .mean, pattern: EventPattern(name: "Moved"), each: JSONPath("rows"),
                    value: JSONPath("n")),
            ])
        let amounts = AmountFields(of: catalog)
        let moved = try decode(
            ["kind": "money", "deep": ["value": "5,50"], "rows": [["n": "2"], ["n": 3]]], event: "Moved",
            amounts: amounts)
        #expect(
            moved.events.first?.properties
                == ["kind": "money", "deep": ["value": 5.5], "rows": [["n": 2], ["n": 3]]])
        let other: JSON = ["kind": "theme", "deep": ["value": "dark"]]
        #expect(try decode(other, event: "Moved", amounts: amounts).events.first?.properties == other)
        #expect(try decode(["value": "dark"], event: "Setting Changed").events.count == 1)
        #expect(try decode(["rows": [["n": "many"]]], event: "Moved", amounts: amounts).events.isEmpty)
    }

    @Test(
        "Orders and refunds in another currency than the catalog's are refused, never counted as if they were in it",
        arguments: [
            (["revenue": 5, "currency": "usd"], nil), (["revenue": 5, "currency": " USD "], nil), (["revenue": 5], nil),
            (["revenue": 5, "currency": ""], nil), (["revenue": 5, "currency": "JPY"], "currency"),
            (["revenue": "5 €"], "revenue"), (["revenue": "5 $"], nil),
        ] as [(JSON, String?)])
    func currencies(properties: JSON, refused: String?) throws {
        let amounts = AmountFields(of: Catalog(salt: "s", currency: .usd))
        let decoded = try decode(properties, amounts: amounts)
        #expect(decoded.rejected.map(\.pointer) == (refused.map { ["#/properties/\($0)"] } ?? []))
        if properties["currency"] == "JPY" {
            #expect(try decode(properties, event: "Order Refunded", amounts: amounts).rejected.count == 1)
            #expect(try decode(properties, event: "Something", amounts: amounts).rejected.isEmpty)
        }
    }

    @Test("A refund of lines says what they cost, or is refused; one that names no lines is of the whole order")
    func refunds() throws {
        for (products, isRefused) in [
            ([["product_id": "a", "quantity": 1]], true), ([["product_id": "a", "price": 3]], false), ([], false),
        ] as [(JSON, Bool)] {
            let decoded = try decode(["order_id": "1", "products": products], event: "Order Refunded")
            #expect(decoded.rejected.map(\.pointer) == (isRefused ? ["#/properties/products"] : []))
        }
        let stated: JSON = ["order_id": "1", "revenue": 2, "products": [["product_id": "a"]]]
        #expect(try decode(stated, event: "Order Refunded").events.count == 1)
    }
}
