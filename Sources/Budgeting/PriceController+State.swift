public import WeirDomain

extension PriceController.State {
    public func encode(to writer: inout ByteWriter) {
        writer.fixed(UInt8(1))
        for value in [
            price, publishedPrice, expectedSpend, carried, share, recentDecisions, recentShare, recentCost,
        ] { writer.double(value) }
        writer.fixed(decisions)
    }

    public init(from reader: inout ByteReader) throws(DamagedRecord) {
        try reader.version(atMost: 1)
        price = try reader.double()
        publishedPrice = try reader.double()
        expectedSpend = try reader.double()
        carried = try reader.double()
        share = try reader.double()
        recentDecisions = try reader.double()
        recentShare = try reader.double()
        recentCost = try reader.double()
        decisions = try reader.fixed()
        // A price that is no number would let nothing through, or everything, for ever.
        for value in [price, publishedPrice, recentDecisions, recentShare] where !(value > 0 && value < .infinity) {
            throw DamagedRecord(offset: 0)
        }
        for value in [expectedSpend, carried, share, recentCost] where !value.isFinite {
            throw DamagedRecord(offset: 0)
        }
    }
}
