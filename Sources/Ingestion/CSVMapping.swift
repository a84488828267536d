/// Which columns of a table hold what of an event.
///
/// ```yaml
/// type: track                  # or {column: kind}
/// event: Order Completed       # or {column: event_name}
/// userId: customer_id
/// timestamp: ordered_at
/// messageId: [order_id, line]  # one column, or several that together name a row
/// properties:
///   coupon: coupon_code
///   revenue: {column: total, type: number}
/// ```
package struct CSVMapping: Codable, Sendable, Equatable {
    /// A text that is the same in every row, or a column's.
    package enum Text: Sendable, Equatable {
        case literal(String)
        case column(String)
    }

    package enum ValueType: String, Codable, Sendable, CaseIterable {
        case string, number, boolean
    }

    package struct Property: Sendable, Equatable {
        package var column: String
        package var type: ValueType

        package init(column: String, type: ValueType = .string) {
            self.column = column
            self.type = type
        }
    }

    /// One of `Event.Kind`.
    package var type: Text = .literal("track")
    /// The name of a track event, page or screen.
    package var event: Text?
    package var userID: String?
    package var anonymousID: String?
    /// ISO 8601; a row without one happened when it is read.
    package var timestamp: String?
    /// Columns that name a row; of one column the text itself is the message id, of several a hash.
    ///
    /// Where empty, the id comes from the row's text and line, so the same file counts once.
    package var messageID: [String] = []
    package var groupID: String?
    package var previousID: String?
    /// Properties, or the traits of identify and group, by name. An empty field is left out.
    package var properties: [String: Property] = [:]
    /// One ASCII character between fields.
    package var delimiter = ","

    package init() {}

    /// The columns that the mapping reads, each once, in the mapping's order.
    var columns: [String] {
        var columns: [String] = []
        func append(_ column: String?) {
            if let column, !columns.contains(column) { columns.append(column) }
        }
        for text in [type, event] {
            if case .column(let column) = text { append(column) }
        }
        for column in [userID, anonymousID, timestamp, groupID, previousID] { append(column) }
        for column in messageID { append(column) }
        for (_, property) in properties.sorted(by: { $0.key < $1.key }) { append(property.column) }
        return columns
    }
}
