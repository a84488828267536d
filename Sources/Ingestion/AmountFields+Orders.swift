import WeirDomain
import WeirJSON

extension AmountFields {
    /// Gives an event that tells of an order's end in the words of an order the name of what it is: an order of less than
    /// nothing is a refund, and one whose status says that it came to nothing is a cancellation.
    ///
    /// Else a return would count as another order and fulfil goals, and an order that fell through would stay one.
    func rename(_ event: inout Event) {
        guard event.kind == .track, event.name == orders.event || event.name == "Order Updated" else { return }
        if Self.cameToNothing(event.properties) {
            event.name = Orders.cancellation
        } else if event.name == orders.event, let worth = orders.value(of: event), worth < 0 {
            event.name = takesBack
        }
    }

    private static func cameToNothing(_ properties: JSON) -> Bool {
        for member in properties.members ?? [] {
            // Most members are known by their last letter to be none of these.
            switch member.name.utf8.last {
            case UInt8(ascii: "s"):
                if let status = member.value.string, statuses.contains(member.name), isEnd(status) { return true }
            case UInt8(ascii: "t"):
                if member.value.string?.isEmpty == false, moments.contains(member.name) { return true }
            default: continue
            }
        }
        return false
    }

    private static func isEnd(_ status: String) -> Bool {
        var word = status.lowercased().filter { !$0.isWhitespace && $0 != "_" && $0 != "-" }
        if word.hasPrefix("wc") { word.removeFirst(2) }
        return ends.contains(word)
    }

    /// Members in which shops say how an order stands.
    private static let statuses: Set<String> = [
        "status", "financial_status", "financialStatus", "order_status", "orderStatus", "payment_status",
        "paymentStatus",
    ]
    /// Members in which shops say since when it is none.
    private static let moments: Set<String> = [
        "cancelled_at", "cancelledAt", "canceled_at", "canceledAt", "voided_at", "voidedAt",
    ]
    /// Source: Shopify, "Order: financial_status"; WooCommerce, "Order statuses"; Magento and BigCommerce, their order statuses.
    private static let ends: Set<String> = [
        "cancelled", "canceled", "voided", "void", "failed", "declined", "refunded", "fullyrefunded", "trash",
        "storniert", "annulé", "annullato", "cancelado", "geannuleerd",
    ]
}
