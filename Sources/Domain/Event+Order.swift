import WeirJSON

extension Event {
    /// The order that the event is about, by its property `order_id` or `orderId`; nil where it names none.
    public var order: String? {
        guard let value = properties.present("order_id") ?? properties.present("orderId") else { return nil }
        // Ids are text, whatever they look like; a sender may have written one as a number.
        let text = value.string ?? value.integer.map { String($0) }
        return text == "" ? nil : text
    }
}
