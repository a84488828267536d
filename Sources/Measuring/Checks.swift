package import WeirReporting

extension MeasurementRequest {
    /// The file that must be there.
    package func required(_ file: MeasuredFile?, _ option: String = "--input") throws(MeasurementError) -> MeasuredFile
    {
        guard let file else { throw MeasurementError("\(option) is missing. Name the file, or send its content.") }
        return file
    }

    /// The text that must be there.
    package func required(_ text: String, _ option: String, _ meaning: String) throws(MeasurementError) -> String {
        guard !text.isEmpty else { throw MeasurementError("\(option) is missing. Give \(meaning).") }
        return text
    }

    /// - Throws: `MeasurementError`, where ranges could not hold the truth so often.
    package func checkConfidence(_ confidence: Double) throws(MeasurementError) {
        guard confidence > 0.5, confidence < 1 else {
            throw MeasurementError("--confidence lies above 0.5 and below 1, such as 0.95.")
        }
    }
}
