import CXGBoost
import Foundation
import WeirLearning

/// Turns a return code of XGBoost's C library into an error.
private func attempt(_ code: Int32) throws(TrainingError) {
    guard code != 0 else { return }
    // Below the first line stands where in the library's source it failed.
    let text = String(cString: XGBGetLastError())
    throw .library(name: "XGBoost", message: text.split(separator: "\n").first.map(String.init) ?? text)
}

/// Rows in the form in which XGBoost's C library takes them.
package final class XGBoostMatrix {
    private let handle: DMatrixHandle
    fileprivate let rows: Int

    package init(_ examples: Examples, threads: Int) throws(TrainingError) {
        rows = examples.features.rows
        let columns = examples.features.columns
        // The values are copied during the call; an array interface avoids a copy before it.
        let made = examples.features.values.withUnsafeBytes { [rows] values -> (Int32, DMatrixHandle?) in
            let address = UInt(bitPattern: values.baseAddress)
            let array =
                #"{"data":[\#(address),true],"shape":[\#(rows),\#(columns.count)],"strides":null,"typestr":"<f4","version":3}"#
            var handle: DMatrixHandle?
            let code = XGDMatrixCreateFromDense(array, #"{"missing":NaN,"nthread":\#(threads)}"#, &handle)
            return (code, handle)
        }
        try attempt(made.0)
        guard let handle = made.1 else { throw .library(name: "XGBoost", message: "it made no matrix.") }
        self.handle = handle
        try set("label", examples.targets)
        if let weights = examples.weights { try set("weight", weights) }
        if columns.contains(where: { $0.levels != nil }) {
            try setKinds(columns.map { $0.levels == nil ? "float" : "c" })
        }
    }

    deinit { XGDMatrixFree(handle) }

    package func set(_ field: String, _ values: [Double]) throws(TrainingError) {
        try attempt(XGDMatrixSetFloatInfo(handle, field, values.map(Float.init), bst_ulong(values.count)))
    }

    /// Says which columns are categories.
    private func setKinds(_ kinds: [String]) throws(TrainingError) {
        let texts = kinds.map { strdup($0) }
        defer { for text in texts { free(text) } }
        var pointers = texts.map { UnsafePointer<CChar>($0) }
        try attempt(XGDMatrixSetStrFeatureInfo(handle, "feature_type", &pointers, bst_ulong(pointers.count)))
    }

    fileprivate func with(_ other: XGBoostMatrix? = nil, _ body: (UnsafePointer<DMatrixHandle?>, Int) -> Int32) -> Int32
    {
        let handles: [DMatrixHandle?] = other.map { [handle, $0.handle] } ?? [handle]
        return withExtendedLifetime(other) { handles.withUnsafeBufferPointer { body($0.baseAddress!, $0.count) } }
    }

    fileprivate func with(_ body: (DMatrixHandle) -> Int32) -> Int32 { body(handle) }
}

/// A model in the making, in XGBoost's C library.
package final class XGBoostBooster {
    private let handle: BoosterHandle

    /// - Parameter matrices: All that it will see; what it predicts for them is then kept from round to round.
    package init(
        _ parameters: [(name: String, value: String)], seeing training: XGBoostMatrix,
        _ validation: XGBoostMatrix? = nil
    )
        throws(TrainingError)
    {
        var made: BoosterHandle?
        try attempt(training.with(validation) { XGBoosterCreate($0, bst_ulong($1), &made) })
        guard let made else { throw .library(name: "XGBoost", message: "it made no booster.") }
        handle = made
        for (name, value) in parameters { try attempt(XGBoosterSetParam(handle, name, value)) }
    }

    deinit { XGBoosterFree(handle) }

    package func update(round: Int, on matrix: XGBoostMatrix) throws(TrainingError) {
        try attempt(matrix.with { XGBoosterUpdateOneIter(handle, Int32(round), $0) })
    }

    /// The value of the metric in `eval_metric`.
    package func evaluate(round: Int, on matrix: XGBoostMatrix) throws(TrainingError) -> Double {
        var text: UnsafePointer<CChar>?
        try attempt(
            "v".withCString { name in
                var names: [UnsafePointer<CChar>?] = [name]
                return matrix.with { handles, count in
                    XGBoosterEvalOneIter(
                        handle, Int32(round), UnsafeMutablePointer(mutating: handles), &names, bst_ulong(count), &text)
                }
            })
        // “[12]	v-logloss:0.53”
        let line = text.map { String(cString: $0) } ?? ""
        guard let value = line.split(separator: ":").last.flatMap({ Double($0) }) else {
            throw .library(name: "XGBoost", message: "its evaluation “\(line)” is no number.")
        }
        return value
    }

    /// The model as JSON text.
    package func save() throws(TrainingError) -> [UInt8] {
        var count: bst_ulong = 0
        var bytes: UnsafePointer<CChar>?
        try attempt(XGBoosterSaveModelToBuffer(handle, #"{"format":"json"}"#, &count, &bytes))
        return Array(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
    }

    /// XGBoost's own margins, or with `contributions` its SHAP values: per row one for each column, then the base.
    package func predict(_ matrix: XGBoostMatrix, contributions: Bool = false) throws(TrainingError) -> [Float] {
        let type = contributions ? 2 : 1
        let options =
            #"{"type":\#(type),"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":false}"#
        var shape: UnsafePointer<bst_ulong>?
        var dimensions: bst_ulong = 0
        var values: UnsafePointer<Float>?
        try attempt(matrix.with { XGBoosterPredictFromDMatrix(handle, $0, options, &shape, &dimensions, &values) })
        let count = (0..<Int(dimensions)).reduce(1) { $0 * Int(shape![$1]) }
        return Array(UnsafeBufferPointer(start: values, count: count))
    }
}
