import WeirDomain

/// What the log keeps where what an offer costs depends on the order: the third part of a record.
extension DecisionRecord {
    /// Whether a stored record can tell how the chosen offer's cost follows from its order; quicker than to read it.
    package static func mayHoldTerms(_ bytes: [UInt8]) -> Bool { bytes.first.map { $0 >= 3 } ?? false }

    /// Whether there is anything of this to keep.
    var hasTerms: Bool { terms != nil || !situation.baskets.isEmpty || decision.candidates.contains { $0.use != nil } }

    func writeTerms(into writer: inout ByteWriter) {
        writer.list(situation.baskets) { $0.integer($1) }
        let uses = decision.candidates.indices.filter { decision.candidates[$0].use != nil }
        writer.list(uses) { writer, index in
            writer.integer(index)
            writer.double(decision.candidates[index].use!.value)
            writer.double(decision.candidates[index].use!.cost)
        }
        writer.bool(terms != nil)
        if let terms { writer.discount(terms) }
    }

    mutating func readTerms(_ reader: inout ByteReader) throws(DamagedRecord) {
        situation.baskets = try reader.list { reader throws(DamagedRecord) in Int64(try reader.integer()) }
        for _ in 0..<(try reader.count()) {
            let index = try reader.integer()
            guard decision.candidates.indices.contains(index) else { throw DamagedRecord(offset: 0) }
            decision.candidates[index].use = ExpectedUse(value: try reader.double(), cost: try reader.double())
        }
        terms = try reader.bool() ? try reader.discount() : nil
    }
}

extension ByteWriter {
    fileprivate mutating func discount(_ discount: Discount) {
        string(discount.most.currency.code)
        integer(discount.most.minorUnits)
        integer(discount.usual?.minorUnits ?? -1)
        switch discount.rule {
        case .basket(let steps):
            fixed(UInt8(1))
            list(steps) { writer, step in
                writer.integer(step.minimum)
                switch step.reduction {
                case .percent(let millionths):
                    writer.bool(true)
                    writer.integer(millionths)
                case .amount(let amount):
                    writer.bool(false)
                    writer.integer(amount)
                }
            }
        case .shipping(let millionths, let minimum):
            fixed(UInt8(2))
            integer(millionths)
            integer(minimum)
        case .cheapest(let count):
            fixed(UInt8(3))
            integer(count)
        case .points(let count, let per, let worth):
            fixed(UInt8(4))
            integer(count)
            integer(per)
            integer(worth)
        }
    }
}

extension ByteReader {
    fileprivate mutating func discount() throws(DamagedRecord) -> Discount {
        guard let currency = Currency(try string()) else { throw DamagedRecord(offset: 0) }
        let most = Money(minorUnits: Int64(try integer()), currency: currency)
        let usual = Int64(try integer())
        let rule: Discount.Rule
        switch try fixed(UInt8.self) {
        case 1:
            rule = .basket(
                try list { reader throws(DamagedRecord) in
                    let minimum = Int64(try reader.integer())
                    let isPercent = try reader.bool()
                    let figure = Int64(try reader.integer())
                    return Discount.Step(
                        minimum: minimum, reduction: isPercent ? .percent(millionths: figure) : .amount(figure))
                })
        case 2: rule = .shipping(millionths: Int64(try integer()), minimum: Int64(try integer()))
        case 3:
            let count = try integer()
            guard count > 0 else { throw DamagedRecord(offset: 0) }
            rule = .cheapest(of: count)
        case 4:
            let (count, per) = (try integer(), try integer())
            guard per > 0 else { throw DamagedRecord(offset: 0) }
            rule = .points(count, per: per, worth: Int64(try integer()))
        default: throw DamagedRecord(offset: 0)
        }
        return Discount(rule, most: most, usual: usual < 0 ? nil : Money(minorUnits: usual, currency: currency))
    }
}
