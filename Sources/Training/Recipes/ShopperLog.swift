/// Who bought when and for how much.
package struct ShopperLog: Sendable {
    package struct Purchase: Sendable, Hashable {
        /// In days since 1970.
        package var time: Double
        package var value: Double

        package init(time: Double, value: Double) {
            self.time = time
            self.value = value
        }
    }

    /// By customer, in time order.
    package private(set) var purchases: [[Purchase]]
    /// The first day of the log, and the moment at which it ends, in days since 1970.
    package private(set) var first: Double
    package private(set) var end: Double

    /// - Parameters:
    ///   - purchases: By customer, in any order.
    ///   - end: The log is complete up to this moment and not looked at beyond; nil: the last day on which somebody bought.
    package init(purchases: [[Purchase]], end: Double? = nil) {
        let times = purchases.lazy.flatMap { $0 }.map(\.time)
        let last = end ?? times.max().map { $0.rounded(.down) } ?? 0
        self.purchases = purchases.map { $0.filter { $0.time < last }.sorted { $0.time < $1.time } }
        first = times.min()?.rounded(.down) ?? last
        self.end = last
    }

    /// Reads `baskets.csv.gz` or `baskets.csv` with the columns `household_id`, `timestamp` and `sales_value`.
    ///
    /// - Parameter until: As `end` above.
    /// - Throws: `RecipeError` or `TableError` for a file or column that is missing or cannot be read.
    package init(folder: String, until: Double? = nil) throws {
        let table = try RecipeTable(folder: folder, name: "baskets", identifiers: ["household_id"])
        let customers = try table.texts("household_id")
        let times = try table.days("timestamp")
        let values = try table.numbers("sales_value")
        var purchases = [[Purchase]](repeating: [], count: customers.levels.count)
        for row in 0..<table.rows {
            purchases[Int(customers.codes[row])].append(Purchase(time: times[row], value: values[row]))
        }
        self.init(purchases: purchases, end: until)
    }
}
