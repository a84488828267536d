package import WeirDomain
package import WeirJSON

/// Which properties of which events are amounts, so that one that is written as text counts as what it says, or is
/// refused, and never as nothing.
package struct AmountFields: Sendable, Equatable {
    /// An amount, or several in the elements of a list.
    package struct Field: Sendable, Hashable {
        package var pattern: EventPattern
        /// In an array at this path each element has one.
        package var each: JSONPath?
        package var path: JSONPath

        package init(pattern: EventPattern, each: JSONPath? = nil, path: JSONPath) {
            self.pattern = pattern
            self.each = each
            self.path = path
        }
    }

    /// What stands before decimals; nil where each text must tell.
    package var decimalMark: AmountText.DecimalMark?
    /// What an order is.
    package var orders = Orders()
    /// ISO 4217; that of all amounts of orders and refunds. Nil where nothing is known of it.
    package var currency: String?
    /// Names of the events that take orders back.
    package var refunds: Set<String> = []
    /// The name of the event that takes an order back.
    package var takesBack = "Order Refunded"
    private var fieldsByName: [String: [Field]] = [:]
    /// Of events of any name.
    private var fieldsOfAll: [Field] = []

    /// - Parameter declared: What is added up elsewhere, beside the amounts of Segment's e-commerce events.
    package init(declared: [Field] = [], decimalMark: AmountText.DecimalMark? = nil) {
        self.decimalMark = decimalMark
        for field in declared {
            if let name = field.pattern.name {
                fieldsByName[name, default: []].append(field)
            } else {
                fieldsOfAll.append(field)
            }
        }
    }

    /// Puts numbers in place of amounts that are written as text.
    ///
    /// - Throws: `MessageFault` where one cannot be read, or is neither number nor text.
    func read(_ event: inout Event) throws(MessageFault) {
        switch event.kind {
        case .track, .page, .screen: break
        case .identify, .group, .alias: return
        }
        if event.kind == .track {
            if Self.commerce.contains(event.name) { try readCommerce(&event) }
            rename(&event)
            let isRefund = event.name == "Order Refunded" || refunds.contains(event.name)
            if isRefund || event.name == orders.event {
                try checkCurrency(event)
                if isRefund { try checkRefund(event) }
            }
        }
        guard let fields = fieldsByName[event.name] ?? (fieldsOfAll.isEmpty ? nil : []) else { return }
        for field in fields + fieldsOfAll where field.pattern.matches(event) {
            guard let each = field.each else {
                if let amount = try number(event.properties[field.path], "properties", field.path, event) {
                    event.properties = event.properties.setting(field.path.names[...], to: amount)
                }
                continue
            }
            guard var elements = event.properties[each]?.array else { continue }
            var hasChanged = false
            for (index, element) in elements.enumerated() {
                let place = "properties/\(each.names.joined(separator: "/"))/\(index)"
                guard let amount = try number(element[field.path], place, field.path, event) else { continue }
                elements[index] = element.setting(field.path.names[...], to: amount)
                hasChanged = true
            }
            if hasChanged { event.properties = event.properties.setting(each.names[...], to: .array(elements)) }
        }
    }

    /// An amount in another currency would count as so many of the catalog's.
    private func checkCurrency(_ event: Event) throws(MessageFault) {
        guard let currency, let told = event.properties[orders.currency]?.string else { return }
        let code = told.trimmingWhitespace.uppercased()
        guard !code.isEmpty, code != currency else { return }
        throw MessageFault(
            .invalid, "properties/\(orders.currency.names.joined(separator: "/"))",
            "“\(orders.currency)” of “\(event.name)” is “\(told.prefix(20))”, and the catalog's amounts are \(currency). Send what "
                + "the order is worth in \(currency), or send it to the Weir of that market.")
    }

    /// A refund of lines that says neither their price nor an amount would take back the whole order.
    private func checkRefund(_ event: Event) throws(MessageFault) {
        guard orders.refund(by: event) == nil else { return }
        let lines = event.properties.values(at: orders.lines).contains {
            $0.array?.isEmpty == false || $0.members != nil
        }
        guard lines else { return }
        throw MessageFault(
            .invalid, "properties/\(orders.lines.names.joined(separator: "/"))",
            "“\(event.name)” names lines without a price, so that it cannot be told how much of the order they are. Send "
                + "“revenue”, or “price” and “quantity” of each line; a refund of the whole order names none.")
    }

    private func readCommerce(_ event: inout Event) throws(MessageFault) {
        guard var members = event.properties.members else { return }
        var hasChanged = false
        for index in members.indices {
            switch members[index].value {
            case .integer, .number, .null: continue
            default: break
            }
            if Self.amounts.contains(members[index].name) {
                let path = JSONPath(names: [members[index].name])
                guard let amount = try number(members[index].value, "properties", path, event) else { continue }
                members[index].value = amount
                hasChanged = true
            } else if members[index].name == "products", case .array(var products) = members[index].value {
                for place in products.indices {
                    for name in Self.amountsOfLines {
                        let path = JSONPath(names: [name])
                        guard let value = products[place].present(name),
                            let amount = try number(value, "properties/products/\(place)", path, event)
                        else { continue }
                        products[place] = products[place].setting(name, to: amount)
                        hasChanged = true
                    }
                }
                if hasChanged { members[index].value = .array(products) }
            }
        }
        if hasChanged { event.properties = .object(members) }
    }

    /// The number that a text stands for; nil where there is a number already, or nothing.
    private func number(
        _ value: JSON?, _ parent: String, _ path: JSONPath, _ event: Event
    ) throws(MessageFault) -> JSON? {
        let text: String
        switch value {
        case nil, .null, .integer, .number: return nil
        case .string(let told) where told.allSatisfy(\.isWhitespace): return .null
        case .string(let told): text = told
        case .some(let value):
            throw MessageFault(
                .invalid, "\(parent)/\(path.names.joined(separator: "/"))",
                "“\(path)” of “\(event.name)” is \(value.kind), and an amount is counted there; send a number.")
        }
        let amount: AmountText.Amount
        do throws(AmountText.Fault) {
            amount = try AmountText.amount(text, decimalMark: decimalMark)
        } catch {
            let what =
                error == .ambiguous
                ? "may mean two amounts, since the mark may stand before thousands or before decimals"
                : "is no amount"
            throw MessageFault(
                .invalid, "\(parent)/\(path.names.joined(separator: "/"))",
                "“\(path)” is “\(text.prefix(60))”, which \(what). Send a number such as 1299.5, without quotes"
                    + (error == .ambiguous ? ", or declare amounts.decimal in the catalog." : "."))
        }
        if let told = amount.currency, event.name == orders.event, event.properties.present("currency") == nil,
            let currency, told != currency
        {
            throw MessageFault(
                .invalid, "\(parent)/\(path.names.joined(separator: "/"))",
                "“\(path)” is “\(text.prefix(60))”, and the catalog's amounts are \(currency). Send it in \(currency).")
        }
        if let told = amount.currency, let meant = event.properties.present("currency")?.string,
            told != meant.uppercased()
        {
            throw MessageFault(
                .invalid, "\(parent)/\(path.names.joined(separator: "/"))",
                "“\(path)” is “\(text.prefix(60))” but “currency” is “\(meant.prefix(20))”; send both in one currency.")
        }
        return Int64(exactly: amount.value).map(JSON.integer) ?? .number(amount.value)
    }

    // MARK: Segment's e-commerce events

    /// Source: Segment, "Spec: V2 Ecommerce Events".
    private static let commerce: Set<String> = [
        "Order Completed", "Order Updated", "Order Refunded", "Order Cancelled", "Checkout Started", "Product Added",
        "Product Removed", "Product Viewed", "Product Clicked", "Cart Viewed", "Payment Info Entered",
    ]
    private static let amounts: Set<String> = [
        "revenue", "total", "subtotal", "value", "shipping", "tax", "discount", "price", "quantity",
    ]
    private static let amountsOfLines = ["price", "quantity", "discount"]
}

extension JSON {
    /// The value with that at the end of a path replaced; objects on the way are made where there are none.
    fileprivate func setting(_ path: ArraySlice<String>, to value: JSON) -> JSON {
        guard let name = path.first else { return value }
        let inner = path.dropFirst()
        return setting(name, to: inner.isEmpty ? value : (self[name] ?? .emptyObject).setting(inner, to: value))
    }
}
