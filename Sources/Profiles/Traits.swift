import WeirDomain
import WeirJSON

/// What identify events said of a person, with the time of each trait, so that a late event undoes nothing.
struct Traits: Sendable, Equatable {
    /// Sorted by name, each once. A null stays, so that it keeps outranking the value that it took back.
    private(set) var members: [JSON.Member] = []
    /// When each member was said.
    private(set) var times: [Timestamp] = []

    mutating func recordTraits(_ traits: JSON, at time: Timestamp) {
        // Of a name that comes twice the last one counts, as everywhere in JSON.
        for member in traits.members ?? [] {
            recordTrait(JSON.Member(member.name, traits[member.name] ?? .null), at: time)
        }
    }

    mutating func merge(_ other: Traits) {
        for (member, time) in zip(other.members, other.times) { recordTrait(member, at: time) }
    }

    mutating func recordTrait(_ member: JSON.Member, at time: Timestamp) {
        let index = members.firstIndex { $0.name >= member.name } ?? members.endIndex
        guard index < members.endIndex, members[index].name == member.name else {
            members.insert(member, at: index)
            times.insert(time, at: index)
            return
        }
        // Of two values said at the same moment the greater text wins: any rule serves that ignores who came first.
        guard time > times[index] || (time == times[index] && member.value.text > members[index].value.text) else {
            return
        }
        members[index] = member
        times[index] = time
    }
}
