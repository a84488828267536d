import Testing
import WeirDomain
import WeirIngestion
import WeirJSON

@Suite("Orders that tell of their end")
struct OrderEndTests {
    private func name(_ properties: JSON, event: String = "Order Completed", takesBack: String? = nil) throws -> String?
    {
        var decoder = MessageDecoder(source: "web")
        if let takesBack { decoder.rules.amounts.takesBack = takesBack }
        return try decoder.decode(
            ["event": .string(event), "userId": "u", "properties": properties], at: .track, received: received,
            newMessageID: { "made" }
        ).events.first?.name
    }

    @Test(
        "A status that says that an order came to nothing makes it a cancellation",
        arguments: [
            ["financial_status": "voided"], ["status": "cancelled"], ["status": "wc-failed"],
            ["order_status": "Canceled"],
            ["status": "CANCELLED"], ["cancelled_at": "2026-11-20T10:00:00Z"], ["payment_status": "fully_refunded"],
        ] as [JSON])
    func cancelled(properties: JSON) throws {
        #expect(try name(properties.with("order_id", "1")) == "Order Cancelled")
        #expect(try name(properties.with("order_id", "1"), event: "Order Updated") == "Order Cancelled")
        #expect(try name(properties, event: "Product Viewed") == "Product Viewed")
    }

    @Test(
        "Any other status leaves an order one",
        arguments: [
            ["financial_status": "paid"], ["status": "partially_refunded"], ["status": "processing"], ["status": 3],
            ["cancelled_at": nil], ["cancelled_at": ""], ["note": "cancelled"], ["status": "not cancelled"],
        ] as [JSON])
    func stays(properties: JSON) throws {
        #expect(try name(properties.with("revenue", 5)) == "Order Completed")
    }

    @Test("An order of less than nothing is a refund, by the name that the catalog has for it")
    func negative() throws {
        #expect(try name(["order_id": "1", "revenue": -12.5]) == "Order Refunded")
        #expect(try name(["order_id": "1", "revenue": "(12.50)"]) == "Order Refunded")
        #expect(try name(["order_id": "1", "total": -1], takesBack: "Returned") == "Returned")
        #expect(try name(["order_id": "1", "products": [["price": -3, "quantity": 2]]]) == "Order Refunded")
        #expect(try name(["order_id": "1", "revenue": 0]) == "Order Completed")
        #expect(try name(["order_id": "1", "revenue": 5, "discount": -2]) == "Order Completed")
    }
}

extension JSON {
    /// An object with one member more.
    fileprivate func with(_ name: String, _ value: JSON) -> JSON {
        .object((members ?? []) + [JSON.Member(name, value)])
    }
}
