import WeirDomain
import WeirJSON

extension StoredKey {
    /// What it is limited to, as one text for a column; empty where it is not limited.
    package var limits: String {
        func list(_ name: String, _ values: [String]) -> [JSON.Member] {
            values.isEmpty ? [] : [JSON.Member(name, .array(values.map { .string($0) }))]
        }
        let members =
            list("origins", origins) + list("sources", sources.map(\.rawValue))
            + list("placements", placements.map(\.rawValue))
        return members.isEmpty ? "" : JSON.object(members).text
    }

    /// Takes over what `limits` wrote.
    ///
    /// - Returns: False where the text cannot be read: then nobody knows what the key is limited to.
    package mutating func read(limits text: String) -> Bool {
        guard !text.isEmpty else { return true }
        guard let json = try? JSON(parsing: text) else { return false }
        func list(_ name: String) -> [String] { (json[name]?.array ?? []).compactMap(\.string) }
        origins = list("origins")
        sources = list("sources").map { SourceID($0) }
        placements = list("placements").map { PlacementID($0) }
        return true
    }
}
