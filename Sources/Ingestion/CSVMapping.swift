package import WeirDomain
import WeirFiles

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
///
/// What the table is made of is found by itself where it shows: the encoding, the mark between cells, lines above the
/// header, how numbers and dates are written. Where it does not, `encoding`, `delimiter`, `skip`, `decimal` and `dates`
/// say it.
package struct CSVMapping: Codable, Sendable, Equatable {
    /// A text that is the same in every row, or a column's.
    package enum Text: Sendable, Equatable {
        case literal(String)
        case column(String)
    }

    package enum ValueType: String, Codable, Sendable, CaseIterable {
        case string, number, boolean
        /// An amount in minor units of the row's currency: 4250 is 42.50 in USD and 4250 in JPY.
        case minor
    }

    package struct Property: Sendable, Equatable {
        package var column: String
        package var type: ValueType

        package init(column: String, type: ValueType = .string) {
            self.column = column
            self.type = type
        }
    }

    /// Whether a person agreed to something, by a column.
    package struct Consent: Sendable, Equatable {
        package var column: String
        /// Whether “yes” in the column, or a moment, means no: it says who has unsubscribed. Its “no” says nothing.
        package var isRefusal: Bool

        package init(column: String, isRefusal: Bool = false) {
            self.column = column
            self.isRefusal = isRefusal
        }
    }

    /// Which rows count; the others are left out.
    package struct Condition: Sendable, Equatable {
        package var column: String
        /// One of these texts must stand there, in any case; empty where `above` says it.
        package var values: [String] = []
        /// A greater number must stand there.
        package var above: Double?

        package init(column: String, values: [String] = [], above: Double? = nil) {
            self.column = column
            self.values = values
            self.above = above
        }
    }

    /// One of `Event.Kind`.
    package var type: Text = .literal("track")
    /// The name of a track event, page or screen.
    package var event: Text?
    package var userID: String?
    package var anonymousID: String?
    /// Read as `dates` says; a row without one happened when it is read.
    package var timestamp: String?
    /// Columns that name a row; of one column the text itself is the message id, of several a hash.
    ///
    /// Where the event is another than `Order Completed` its name stands before, so that a refund is known by the number of
    /// its order and is still another message than the order.
    ///
    /// Where empty, the id comes from the row's text and line, so the same file counts once.
    package var messageID: [String] = []
    package var groupID: String?
    package var previousID: String?
    /// Properties, or the traits of identify and group, by name. An empty field is left out.
    package var properties: [String: Property] = [:]
    /// One ASCII character between fields; nil finds it in the header.
    package var delimiter: String?
    /// Nil finds UTF-16 by itself and takes anything else for UTF-8.
    package var encoding: TextEncoding?
    /// Lines above the header that are not looked at; others without the mapping's columns are titles too.
    package var skip = 0
    /// What stands before decimals; nil where each number must tell.
    package var decimalMark: AmountText.DecimalMark?
    package var dates = WrittenMoment()
    /// Texts that stand where there is nothing, such as `N/A`.
    package var empty: [String] = []
    /// Texts of the first cell of rows that add others up, beside the usual ones.
    package var totals: [String] = []
    /// Purposes, after a colon possibly for one channel only, such as `marketing:email`.
    package var consent: [String: Consent] = [:]
    package var only: Condition?
    /// Rows that are left out: what meets one of these is none, such as a payment in test mode.
    package var unless: [Condition] = []
    /// Columns that a table may lack; what is read from them is then not there.
    package var optional: [String] = []

    package init() {}

    /// The columns that a table must have, each once, in the mapping's order.
    package var columns: [String] { allColumns.filter { !optional.contains($0) } }

    /// The columns that the mapping reads, each once, in the mapping's order.
    package var allColumns: [String] {
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
        for (_, consent) in consent.sorted(by: { $0.key < $1.key }) { append(consent.column) }
        append(only?.column)
        for condition in unless { append(condition.column) }
        return columns
    }
}
