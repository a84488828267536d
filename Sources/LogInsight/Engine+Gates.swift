package import WeirDomain
package import WeirEngine
package import WeirModelGovernance
import WeirLearning

extension Engine {
    /// The gates between a model and the champion's place, as they stand now.
    ///
    /// - Parameter groups: Reads up to so many of the latest decisions for the policy's value.
    /// - Throws: `EngineError.unknownModel`, or what the store throws.
    package func gates(of id: ModelID, latest limit: Int = 20_000) throws -> [ModelGate] {
        let registry = modelRegistry
        guard let entry = registry[id] else {
            throw EngineError.unknownModel(id.rawValue, known: registry.entries.map(\.id.rawValue))
        }
        if let why = entry.setAsideBecause {
            return [
                ModelGate(
                    name: "file", verdict: .failed, measured: why, threshold: "a model that can be asked",
                    remedy: "Register the file that `weir train` wrote under another name.")
            ]
        }
        let watch = modelReports.lazy.flatMap(\.models).first { $0.entry.id == id }?.watch
        return modelGates(
            watch ?? ModelWatch(spreads: entry.trained.card.spreads), card: entry.trained.card,
            value: try policyValue(of: entry, latest: limit))
    }
}
