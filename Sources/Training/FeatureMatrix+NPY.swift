package import Foundation
import WeirLearning

extension FeatureMatrix {
    /// Reads a NumPy file of 32- or 64-bit floating-point numbers; NaN is a missing value.
    ///
    /// Either an array of two dimensions, row-major, whose columns are then named `0`, `1`, …; or a structured array of one
    /// dimension (`dtype=[("age", "<f4"), …]`), which names its columns.
    ///
    /// Source: NumPy, "The .npy format" (numpy.lib.format), versions 1 to 3.
    ///
    /// - Parameter url: The file is mapped, so only the numbers themselves take memory.
    /// - Throws: `NPYError`.
    package init(npy url: URL) throws(NPYError) {
        let data: Data
        do { data = try Data(contentsOf: url, options: .mappedIfSafe) } catch {
            throw .unreadable(file: url.lastPathComponent, reason: error.localizedDescription)
        }
        try self.init(npy: data, file: url.lastPathComponent)
    }

    /// - Parameter file: What errors call it.
    package init(npy data: Data, file: String = "the array") throws(NPYError) {
        let header = try NPYHeader(data, file: file)
        let wanted = header.rows * header.columns.count * header.bytesPerNumber
        guard data.count - header.length == wanted else {
            throw .wrongLength(file: file, rows: header.rows, expected: wanted, found: data.count - header.length)
        }
        let count = header.rows * header.columns.count
        let values = data.withUnsafeBytes { bytes in
            let numbers = UnsafeRawBufferPointer(rebasing: bytes[header.length...])
            return ContiguousArray<Float>(unsafeUninitializedCapacity: count) { buffer, filled in
                if header.bytesPerNumber == 4 {
                    UnsafeMutableRawBufferPointer(buffer).copyMemory(from: numbers)
                } else {
                    for index in 0..<count {
                        buffer[index] = Float(numbers.loadUnaligned(fromByteOffset: index * 8, as: Double.self))
                    }
                }
                filled = count
            }
        }
        self.init(columns: header.columns.map { BatchModel.Column(name: $0) }, values: values)
    }
}

/// Why a NumPy file cannot be read as features.
package enum NPYError: Error, Sendable, Hashable, CustomStringConvertible {
    case unreadable(file: String, reason: String)
    case notNPY(file: String)
    case unsupported(file: String, what: String)
    case wrongLength(file: String, rows: Int, expected: Int, found: Int)

    package var description: String {
        switch self {
        case .unreadable(let file, let reason):
            "“\(file)” cannot be read: \(reason)"
        case .notNPY(let file):
            "“\(file)” is no NumPy file. Write it with numpy.save, or give a CSV file."
        case .unsupported(let file, let what):
            "“\(file)” holds \(what). Save a row-major array of float32 or float64: one with two dimensions, or one with "
                + "named columns of one such type."
        case .wrongLength(let file, let rows, let expected, let found):
            "“\(file)” says that it has \(rows) rows, which take \(expected) bytes, but holds \(found). Write it again."
        }
    }
}

/// What stands before the numbers: a Python dictionary as text.
private struct NPYHeader {
    var columns: [String]
    var rows: Int
    var bytesPerNumber: Int
    /// In bytes, with all that precedes the numbers.
    var length: Int

    init(_ data: Data, file: String) throws(NPYError) {
        let start = [UInt8](data.prefix(12))
        guard start.count >= 10, Array(start[..<6]) == [0x93] + Array("NUMPY".utf8), (1...3).contains(start[6]) else {
            throw .notNPY(file: file)
        }
        // From version 2 on the length takes four bytes.
        let sizeBytes = start[6] == 1 ? 2 : 4
        guard start.count >= 8 + sizeBytes else { throw .notNPY(file: file) }
        length = 8 + sizeBytes + start[8..<8 + sizeBytes].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= data.count,
            let text = String(bytes: data.prefix(length).dropFirst(8 + sizeBytes), encoding: .utf8)
        else { throw .notNPY(file: file) }

        guard let order = text.firstMatch(of: /'fortran_order': *(True|False)/)?.1,
            let shape = text.firstMatch(of: /'shape': *\(([0-9, ]*)\)/)?.1,
            let kind = text.firstMatch(of: /'descr': *('[^']*'|\[.*?\])/.dotMatchesNewlines())?.1
        else { throw .notNPY(file: file) }
        let sizes = shape.split(separator: ",").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
        if kind.hasPrefix("[") {
            let fields = kind.matches(of: /\( *'([^']*)' *, *'([^']*)' *\)/)
            let types = Set(fields.map(\.2))
            guard sizes.count == 1, types.count == 1, let type = types.first, let bytes = Self.bytes(type),
                fields.count == kind.count(where: { $0 == "(" })
            else { throw .unsupported(file: file, what: "a structured array of other or mixed types") }
            columns = fields.map { String($0.1) }
            bytesPerNumber = bytes
        } else {
            guard let bytes = Self.bytes(kind.dropFirst().dropLast()) else {
                throw .unsupported(file: file, what: "numbers of the type \(kind)")
            }
            guard sizes.count == 2, sizes[1] > 0 else {
                throw .unsupported(file: file, what: "an array of the shape (\(shape))")
            }
            guard order == "False" else { throw .unsupported(file: file, what: "an array in Fortran's order") }
            columns = (0..<sizes[1]).map(String.init)
            bytesPerNumber = bytes
        }
        rows = sizes[0]
        let (_, overflows) = rows.multipliedReportingOverflow(by: columns.count * bytesPerNumber)
        guard !overflows else { throw .unsupported(file: file, what: "an array of the shape (\(shape))") }
    }

    /// Bytes of a type in little endian.
    private static func bytes(_ type: some StringProtocol) -> Int? {
        switch type {
        case "<f4": 4
        case "<f8": 8
        default: nil
        }
    }
}
