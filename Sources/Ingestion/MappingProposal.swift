package import WeirFiles

/// A mapping for a table that nobody has described: that of a program whose export it is, or one guessed by the names of
/// the columns.
package struct MappingProposal: Sendable {
    package let mapping: CSVMapping
    /// The ready mapping that fits; nil where the mapping is guessed.
    package let ready: ReadyMapping?

    /// A column that may say that an order was cancelled; nil where there is none, or the mapping looks at it.
    package let status: String?

    /// - Returns: Nil where no column looks like a person.
    package init?(header: [String]) {
        if let ready = ReadyMapping.fitting(header) {
            (mapping, self.ready, status) = (ready.mapping, ready, nil)
            return
        }
        var left = header.filter { !$0.isEmpty }
        func take(_ words: [String]) -> String? {
            for word in words {
                guard let index = left.firstIndex(where: { Self.plain($0) == word }) else { continue }
                return left.remove(at: index)
            }
            for word in words where word.count > 4 {
                guard let index = left.firstIndex(where: { Self.plain($0).contains(word) }) else { continue }
                return left.remove(at: index)
            }
            return nil
        }
        var mapping = CSVMapping()
        guard let person = take(Self.people) else { return nil }
        mapping.userID = person
        let order = take(Self.orders)
        let amount = take(Self.amounts)
        mapping.timestamp = take(Self.moments)
        if amount != nil || order != nil {
            mapping.event = .literal("Order Completed")
            if let order {
                mapping.messageID = [order]
                mapping.properties["order_id"] = .init(column: order)
            }
            if let amount { mapping.properties["revenue"] = .init(column: amount, type: .number) }
            if let currency = take(["currency", "waehrung", "währung"]) {
                mapping.properties["currency"] = .init(column: currency)
            }
            if let coupon = take(["coupon", "couponcode", "discountcode", "voucher", "gutschein", "promocode"]) {
                mapping.properties["coupon"] = .init(column: coupon)
            }
        } else {
            mapping.type = .literal("identify")
            for name in left.prefix(20) { mapping.properties[Self.trait(name)] = .init(column: name) }
        }
        status = mapping.type == .literal("track") ? header.first { Self.plain($0).hasSuffix("status") } : nil
        (self.mapping, ready) = (mapping, nil)
    }

    /// Proposes for the first line of a table that looks like the names of columns.
    ///
    /// - Returns: Nil where none does, with the cells of the longest line.
    package static func proposal(for feed: ByteFeed) throws(FileError) -> (proposal: MappingProposal?, names: [String])
    {
        let headers = try TableOpening.headers(of: feed)
        for header in headers where header.count > 1 {
            if let proposal = MappingProposal(header: header) { return (proposal, header) }
        }
        return (nil, headers.max { $0.count < $1.count } ?? [])
    }

    /// The mapping as a file says it.
    package var yaml: String {
        var lines: [String] = []
        func literal(_ text: CSVMapping.Text?) -> String? {
            switch text {
            case .literal(let text): text
            case .column(let column): "{column: \(Self.quoted(column))}"
            case nil: nil
            }
        }
        lines.append("type: \(literal(mapping.type) ?? "track")")
        if let event = literal(mapping.event) { lines.append("event: \(event)") }
        for (name, column) in [
            ("userId", mapping.userID), ("anonymousId", mapping.anonymousID), ("timestamp", mapping.timestamp),
        ] {
            if let column { lines.append("\(name): \(Self.quoted(column))") }
        }
        if !mapping.messageID.isEmpty {
            lines.append("messageId: [\(mapping.messageID.map(Self.quoted).joined(separator: ", "))]")
        }
        if !mapping.properties.isEmpty { lines.append("properties:") }
        for (name, property) in mapping.properties.sorted(by: { $0.key < $1.key }) {
            let column = Self.quoted(property.column)
            let value = property.type == .string ? column : "{column: \(column), type: \(property.type.rawValue)}"
            lines.append("  \(name): \(value)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// For people: what is proposed and how it is used.
    package var lines: [String] {
        if let ready { return ["# \(ready.title): --mapping \(ready.name)"] }
        var remarks = ["# A proposal by the names of the columns; correct it and give it as --mapping FILE."]
        if mapping.type == .literal("track"), mapping.messageID.isEmpty {
            remarks.append(
                "# No column looks like the order's number: without one, an order that is read again counts again.")
        }
        if let status {
            remarks.append(
                "# “\(status)” may say that a row is no order: only: {column: \(Self.quoted(status)), values: […]}.")
        }
        return remarks + yaml.split(separator: "\n").map(String.init) + [""]
    }

    // MARK: Names

    private static let people = [
        "userid", "customerid", "email", "customeremail", "emailaddress", "kundennummer", "kundenid", "customer",
        "mail",
        "clientid", "memberid", "loyaltyid", "user", "kunde", "contactid",
    ]
    private static let orders = [
        "orderid", "ordernumber", "ordernr", "orderno", "bestellnummer", "order", "transactionid", "invoiceid",
        "receipt",
        "invoicenumber", "bestellung", "transaction", "incrementid", "rechnungsnummer", "invoice", "receiptno", "id",
        "nr",
    ]
    private static let amounts = [
        "revenue", "total", "ordertotal", "amount", "grandtotal", "totalamount", "betrag", "umsatz", "gesamtbetrag",
        "summe", "price", "sales", "preis",
    ]
    private static let moments = [
        "timestamp", "createdat", "orderdate", "date", "datum", "created", "time", "purchasedate", "paidat",
        "bestelldatum",
        "zeit", "day",
    ]

    /// Small letters and digits only.
    private static func plain(_ name: String) -> String { name.lowercased().filter { $0.isLetter || $0.isNumber } }

    private static func trait(_ name: String) -> String {
        let words = name.lowercased().split { !$0.isLetter && !$0.isNumber }
        return words.joined(separator: "_")
    }

    /// As YAML writes a text that may hold anything.
    private static func quoted(_ text: String) -> String {
        let isPlain =
            text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == " " } && text.first?.isLetter == true
        let words = ["true", "false", "yes", "no", "null", "on", "off", "y", "n"]
        if isPlain, !words.contains(text.lowercased()), text.last != " " { return text }
        return "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }
}
