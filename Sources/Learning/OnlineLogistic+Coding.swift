public import WeirDomain

extension OnlineLogistic {
    /// Writes the posterior: the shared block whole, of the offers' table only what was touched.
    public func encode(into writer: inout ByteWriter) {
        writer.fixed(UInt8(2))
        writer.integer(version)
        writer.integer(lessons)
        writer.integer(hyperparameters.tableBits)
        writer.integer(Int(forgottenUntil ?? .min))
        writer.double(change.above)
        writer.double(change.below)
        writer.integer(change.pause)
        writer.list(layout.names) { $0.string($1) }
        writer.list(mean) { $0.double($1) }
        writer.list(covariance) { $0.double($1) }
        let touched = offerMean.indices.filter { offerMean[$0] != 0 || offerVariance[$0] != 1 }
        writer.list(touched) { writer, index in
            writer.integer(index)
            writer.float(offerMean[index])
            writer.float(offerVariance[index])
        }
    }

    /// Reads a posterior that was written under the same layout.
    ///
    /// - Throws: `DamagedRecord`, also where the layout differs: a catalog's change starts with a snapshot under the new
    ///   layout, so an older one is never asked for.
    public init(
        decoding reader: inout ByteReader, layout: ModelLayout, hyperparameters: Hyperparameters = Hyperparameters()
    ) throws(DamagedRecord) {
        self.init(layout: layout, hyperparameters: hyperparameters)
        let format = try reader.version(atMost: 2)
        version = Int64(try reader.integer())
        lessons = Int64(try reader.integer())
        let bits = try reader.integer()
        if format >= 2 {
            let day = Int64(try reader.integer())
            forgottenUntil = day == .min ? nil : day
            change = ChangeWatch(
                above: try reader.double(), below: try reader.double(), pause: try reader.integer())
        }
        let names = try reader.list { reader throws(DamagedRecord) in try reader.string() }
        guard bits == hyperparameters.tableBits, names == layout.names else { throw DamagedRecord(offset: 0) }
        mean = ContiguousArray(try reader.list { reader throws(DamagedRecord) in try reader.double() })
        covariance = ContiguousArray(try reader.list { reader throws(DamagedRecord) in try reader.double() })
        guard mean.count == layout.dimension, covariance.count == layout.dimension * layout.dimension else {
            throw DamagedRecord(offset: 0)
        }
        for _ in 0..<(try reader.count()) {
            let index = try reader.integer()
            guard offerMean.indices.contains(index) else { throw DamagedRecord(offset: 0) }
            offerMean[index] = try reader.float()
            offerVariance[index] = try reader.float()
        }
    }
}
