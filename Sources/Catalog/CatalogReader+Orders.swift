import Foundation
import WeirDomain
import WeirJSON

/// The reader of what `weir.yaml` says about orders, and of the codes by which their offers are recognised.
extension CatalogReader {
    /// Reads `orders`; what it leaves out is as in Segment's e-commerce events.
    func readOrders(_ value: YAMLValue) -> Orders {
        var orders = Orders()
        _ = value.fields { fields in
            func paths(_ name: String) -> [JSONPath]? {
                guard let value = fields[name] else { return nil }
                if value.isEmptyList { value.refuse("The list is empty. Name at least one path, or remove it.") }
                return value.listOrOne().compactMap { $0.path() }
            }
            if let event = fields["event"]?.text() { orders.event = event }
            if let id = paths("id") { orders.id = id }
            if let lines = fields["lines"]?.path() { orders.lines = lines }
            if let value = paths("value") { orders.value = value }
            if let currency = fields["currency"]?.path() { orders.currency = currency }
            orders.basket = paths("basket")
            orders.shipping = paths("shipping")
            orders.coupons = [
                JSONPath("coupon"), JSONPath("coupons"), JSONPath(names: orders.lines.names + ["coupon"]),
            ]
            if let coupons = paths("coupons") { orders.coupons = coupons }
        }
        return orders
    }

    /// Reads the name of a time zone.
    func readTimeZone(_ value: YAMLValue) -> String? {
        guard let text = value.text() else { return nil }
        guard text.contains("/") || text == "UTC", TimeZone(identifier: text) != nil else {
            let names = TimeZone.knownTimeZoneIdentifiers.sorted()
            return value.refusal(
                "“\(text)” is no time zone. \(text.suggestion(from: names, fallback: "Write it like “Europe/Berlin”."))"
            )
        }
        return text
    }

    /// Refuses a code that differs from an earlier one in case or blanks only: an order could not tell them apart.
    mutating func checkCoupon(_ code: String, _ value: YAMLValue) {
        let key = CouponKey(code)
        if key.text.isEmpty { return value.refuse("The code is blank. Write one, or remove the field.") }
        guard let (first, place) = codes[key] else {
            codes[key] = (code, "\(value.source.name):\(value.line)")
            return
        }
        guard first != code else { return }
        value.refuse(
            "“\(code)” and “\(first)” at \(place) differ in case or blanks only, and orders name codes without regard to "
                + "either. Give one of them another code.")
    }
}
