import WeirFiles
import WeirMeasuring
import WeirReporting

extension CSVReader {
    /// Opens a file that a measurement reads row by row.
    ///
    /// - Throws: `MeasurementError`, where the file cannot be read or does not name its columns.
    static func open(_ file: MeasuredFile) throws -> CSVReader {
        let path = file.name
        do throws(FileError) { return try CSVReader(file.feed()) } catch {
            guard error == .noHeader else { throw MeasurementError("“\(path)”: \(error)") }
            throw MeasurementError("“\(path)” is empty. Its first line must name the columns, separated by commas.")
        }
    }

    /// The next row that can be read; others are left out and told.
    func nextRow(of path: String, _ faults: inout LineFaults) throws -> CSVRow? {
        do throws(FileError) {
            while let step = try next() {
                switch step {
                case .row(let row): return row
                case .fault(let fault): faults.leaveOut("“\(path)”, \(fault.place.lowercasedFirst): \(fault.reason)")
                }
            }
            return nil
        } catch { throw MeasurementError("“\(path)”: \(error)") }
    }
}

extension String {
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
