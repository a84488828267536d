public import WeirDomain

extension OnlineLogistic {
    /// Writes the posterior: the shared block whole, of the offers' table only what was touched.
    public func encode(into writer: inout ByteWriter) {
        writer.fixed(UInt8(6))
        writer.integer(version)
        writer.integer(lessons)
        writer.integer(hyperparameters.tableBits)
        writer.integer(Int(forgottenUntil ?? .min))
        change.encode(into: &writer)
        lived.encode(into: &writer)
        limits.encode(into: &writer)
        writer.list(names) { $0.string($1) }
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
        let format = try reader.version(atMost: 6)
        version = Int64(try reader.integer())
        lessons = Int64(try reader.integer())
        let bits = try reader.integer()
        if format >= 2 {
            let day = Int64(try reader.integer())
            forgottenUntil = day == .min ? nil : day
            change = try ChangeWatch(
                decoding: &reader, format: format, layout: layout, stages: hyperparameters.stages)
        }
        if format >= 4 { lived = try LivedStages(decoding: &reader, format: format) }
        if format >= 6 { limits = try InputLimits(decoding: &reader, layout: layout) }
        let names = try reader.list { reader throws(DamagedRecord) in try reader.string() }
        guard bits == hyperparameters.tableBits, names == self.names else { throw DamagedRecord(offset: 0) }
        mean = ContiguousArray(try reader.list { reader throws(DamagedRecord) in try reader.double() })
        covariance = ContiguousArray(try reader.list { reader throws(DamagedRecord) in try reader.double() })
        guard mean.count == dimension, covariance.count == dimension * dimension else {
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

extension ChangeWatch {
    fileprivate func encode(into writer: inout ByteWriter) {
        for sum in [above, below] {
            writer.double(sum.height)
            writer.integer(sum.length)
        }
        writer.integer(pause)
        writer.list(recent) { writer, lesson in
            writer.double(lesson.label)
            writer.double(lesson.offset)
            writer.integer(lesson.stages?.lowerBound ?? -1)
            writer.integer(lesson.stages?.upperBound ?? -1)
            writer.fixed(lesson.input.bucket)
            for value in lesson.input.values { writer.double(value) }
        }
    }

    /// - Parameters:
    ///   - format: 2 knew the heights of the sums only; what they rose from cannot be learned again.
    ///   - stages: How many the model has.
    fileprivate init(
        decoding reader: inout ByteReader, format: UInt8, layout: ModelLayout, stages count: Int
    ) throws(DamagedRecord) {
        var sums: [Sum] = []
        for _ in 0..<2 {
            sums.append(Sum(height: try reader.double(), length: format >= 3 ? try reader.integer() : 0))
        }
        let pause = try reader.integer()
        var recent: [OnlineLogistic.Lesson] = []
        if format >= 3 {
            recent = try reader.list { reader throws(DamagedRecord) in
                let (label, offset) = (try reader.double(), try reader.double())
                let stages = format >= 4 ? try reader.stages(of: count) : nil
                let bucket: UInt32 = try reader.fixed()
                var values: [Double] = []
                for _ in 0..<layout.dimension { values.append(try reader.double()) }
                return OnlineLogistic.Lesson(
                    input: ModelInput(values: values, bucket: bucket), label: label, offset: offset, stages: stages)
            }
        }
        self.init(above: sums[0], below: sums[1], pause: pause, recent: recent)
    }
}

extension ByteReader {
    /// Stages as `ChangeWatch` writes them.
    ///
    /// - Parameter count: How many the model has.
    fileprivate mutating func stages(of count: Int) throws(DamagedRecord) -> Range<Int>? {
        let (first, end) = (try integer(), try integer())
        if first == -1, end == -1 { return nil }
        guard first >= 0, first < end, end <= count else { throw DamagedRecord(offset: 0) }
        return first..<end
    }
}

extension InputLimits {
    fileprivate func encode(into writer: inout ByteWriter) {
        writer.integer(lessons)
        writer.list(limits) { writer, limit in
            writer.double(limit.size)
            writer.integer(limit.cut)
        }
    }

    fileprivate init(decoding reader: inout ByteReader, layout: ModelLayout) throws(DamagedRecord) {
        let lessons = try reader.integer()
        let limits = try reader.list { reader throws(DamagedRecord) in
            (size: try reader.double(), cut: try reader.integer())
        }
        // A size that is no number would make limits of which the lower end is not the lesser.
        guard limits.allSatisfy({ $0.size >= 1 && $0.size.isFinite && $0.cut >= 0 }), lessons >= 0 else {
            throw DamagedRecord(offset: 0)
        }
        self.init(layout, lessons: lessons, sizes: limits.map(\.size), cut: limits.map(\.cut))
    }
}

extension LivedStages {
    fileprivate func encode(into writer: inout ByteWriter) {
        writer.integer(count)
        writer.double(score)
        writer.integer(lessons)
        writer.list(through) { $0.double($1) }
        writer.list(shown) { $0.double($1) }
    }

    /// - Parameter format: 4 did not say what the stages showed.
    fileprivate init(decoding reader: inout ByteReader, format: UInt8) throws(DamagedRecord) {
        let (count, score, lessons) = (try reader.integer(), try reader.double(), try reader.integer())
        // A goal may have had more stages before than it has now.
        guard (0...1_024).contains(count), lessons >= 0 else { throw DamagedRecord(offset: 0) }
        guard format >= 5 else {
            self.init(count: count, score: score, lessons: lessons)
            return
        }
        let through = try reader.list { reader throws(DamagedRecord) in try reader.double() }
        let shown = try reader.list { reader throws(DamagedRecord) in try reader.double() }
        guard through.count == count, shown.count == count else { throw DamagedRecord(offset: 0) }
        self.init(count: count, score: score, lessons: lessons, through: through, shown: shown)
    }
}
