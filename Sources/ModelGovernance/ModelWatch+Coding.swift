public import WeirDomain

extension ModelWatch {
    public func encode(into writer: inout ByteWriter) {
        for value in scalars { writer.double(value) }
        writer.list(calibration) { writer, bin in
            writer.double(bin.count)
            writer.double(bin.predicted)
            writer.double(bin.observed)
        }
        writer.list(counts) { writer, counts in writer.list(counts) { $0.double($1) } }
        writer.list(groups) { writer, group in
            writer.string(group.name)
            writer.double(group.count)
            writer.double(group.predicted)
            writer.double(group.observed)
            writer.double(group.variance)
        }
    }

    public init(decoding reader: inout ByteReader) throws(DamagedRecord) {
        self.init(spreads: [])
        outcomes = try reader.double()
        positives = try reader.double()
        aloneLoss = try reader.double()
        combinedLoss = try reader.double()
        referenceLoss = try reader.double()
        advantageSquares = try reader.double()
        alarm = try reader.double()
        calibration = try reader.list { reader throws(DamagedRecord) in
            Bin(count: try reader.double(), predicted: try reader.double(), observed: try reader.double())
        }
        guard calibration.count == Self.bins else { throw DamagedRecord(offset: 0) }
        counts = try reader.list { reader throws(DamagedRecord) in
            try reader.list { reader throws(DamagedRecord) in try reader.double() }
        }
        groups = try reader.list { reader throws(DamagedRecord) in
            Group(
                name: try reader.string(), count: try reader.double(), predicted: try reader.double(),
                observed: try reader.double(), variance: try reader.double())
        }
    }

    private var scalars: [Double] {
        [outcomes, positives, aloneLoss, combinedLoss, referenceLoss, advantageSquares, alarm]
    }
}
