import Foundation
import Testing
import WeirLearning
import WeirTraining

@Suite("NumPy files")
struct NPYTests {
    private func file(_ header: String, version: UInt8 = 1, _ numbers: [UInt8]) -> Data {
        let text = Array((header + "\n").utf8)
        let size =
            version == 1
            ? [UInt8(text.count & 255), UInt8(text.count >> 8)]
            : [UInt8(text.count & 255), UInt8(text.count >> 8), 0, 0]
        return Data([0x93] + Array("NUMPY".utf8) + [version, 0] + size + text + numbers)
    }

    private func bytes(_ numbers: [Float]) -> [UInt8] { numbers.withUnsafeBytes(Array.init) }
    private func bytes(_ numbers: [Double]) -> [UInt8] { numbers.withUnsafeBytes(Array.init) }

    @Test("Two dimensions are rows and columns named by number", arguments: [1, 2, 3] as [UInt8])
    func plain(version: UInt8) throws {
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
        let matrix = try FeatureMatrix(npy: file(header, version: version, bytes([1, 2, .nan, 4, 5, 6] as [Float])))
        #expect(matrix.columns.map(\.name) == ["0", "1", "2"] && matrix.rows == 2)
        #expect(matrix.values[2].isNaN && matrix.values[5] == 6)
    }

    @Test("64-bit numbers are rounded to 32")
    func double() throws {
        let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1), }"
        #expect(try FeatureMatrix(npy: file(header, bytes([0.1, -2] as [Double]))).values == [0.1, -2])
    }

    @Test("A structured array names its columns")
    func named() throws {
        let header = "{'descr': [('age', '<f4'), ('y', '<f4')], 'fortran_order': False, 'shape': (2,), }"
        let matrix = try FeatureMatrix(npy: file(header, bytes([1, 2, 3, 4] as [Float])))
        #expect(matrix.columns.map(\.name) == ["age", "y"] && matrix.values == [1, 2, 3, 4])
    }

    @Test(
        "What is no matrix of such numbers is refused by name",
        arguments: [
            "{'descr': '<i8', 'fortran_order': False, 'shape': (2, 1), }",
            "{'descr': '>f4', 'fortran_order': False, 'shape': (2, 2), }",
            "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 0), }",
            "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }",
            "{'descr': [('a', '<f4'), ('b', '<f8')], 'fortran_order': False, 'shape': (1,), }",
            "{'descr': [('a', '<f4', (2,)), ('b', '<f4')], 'fortran_order': False, 'shape': (1,), }",
        ])
    func unsupported(header: String) {
        do {
            _ = try FeatureMatrix(npy: file(header, [UInt8](repeating: 0, count: 16)), file: "f.npy")
            Issue.record("accepted")
        } catch {
            guard case .unsupported("f.npy", _) = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test("A file that is cut short, too long or of another kind is refused")
    func damaged() {
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }"
        let whole = file(header, bytes([1, 2, 3, 4] as [Float]))
        #expect(throws: Never.self) { try FeatureMatrix(npy: whole) }
        #expect(throws: NPYError.wrongLength(file: "the array", rows: 2, expected: 16, found: 15)) {
            try FeatureMatrix(npy: whole.dropLast())
        }
        #expect(throws: NPYError.wrongLength(file: "the array", rows: 2, expected: 16, found: 17)) {
            try FeatureMatrix(npy: whole + [0])
        }
        for bad in [Data(), Data("a,b\n1,2\n".utf8), whole.prefix(8), whole.prefix(11), whole.prefix(40)] {
            #expect(throws: NPYError.notNPY(file: "the array")) { try FeatureMatrix(npy: bad) }
        }
        #expect(throws: NPYError.self) { try FeatureMatrix(npy: URL(fileURLWithPath: "/nowhere/f.npy")) }
    }
}
