import ArgumentParser

extension ParsableArguments {
    /// Refuses what an option cannot mean, with how the command is used.
    func refuse(_ faults: [String?]) throws(ValidationError) {
        let found = faults.compactMap(\.self)
        guard found.isEmpty else { throw ValidationError(found.joined(separator: "\n")) }
    }
}
