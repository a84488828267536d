import WeirJSON

extension JSON {
    /// The object with that member replaced, or added at its end.
    func setting(_ name: String, to value: JSON) -> JSON {
        var members = members ?? []
        if let index = members.firstIndex(where: { $0.name == name }) {
            members[index].value = value
        } else {
            members.append(Member(name, value))
        }
        return .object(members)
    }
}
