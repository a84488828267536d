import WeirDomain
import WeirJSON
import WeirLimits

/// What identify events said of a person, with the time of each trait, so that a late event undoes nothing.
///
/// Of more names than a person may have the newest stay, at the same moment those that come first in the alphabet. So the
/// order in which events come leaves no trace: what is dropped once stands behind so many others for good.
struct Traits: Sendable, Equatable {
    /// Sorted by name, each once. A null stays, so that it keeps outranking the value that it took back.
    private(set) var members: [JSON.Member] = []
    /// When each member was said.
    private(set) var times: [Timestamp] = []

    mutating func recordTraits(_ traits: JSON, at time: Timestamp) {
        // Of a name that comes twice the last one counts, as everywhere in JSON.
        for member in traits.withoutRepetitions { recordTrait(member, at: time) }
    }

    mutating func merge(_ other: Traits) {
        for (member, time) in zip(other.members, other.times) { recordTrait(member, at: time) }
    }

    mutating func recordTrait(_ member: JSON.Member, at time: Timestamp) {
        let index = place(of: member.name)
        guard index < members.endIndex, members[index].name == member.name else {
            members.insert(member, at: index)
            times.insert(time, at: index)
            if members.count > Limits.Person.standard.traits { dropOldest() }
            return
        }
        // Of two values said at the same moment the greater text wins: any rule serves that ignores who came first.
        guard time > times[index] || (time == times[index] && member.value.text > members[index].value.text) else {
            return
        }
        members[index] = member
        times[index] = time
    }

    /// Whether a further name costs one that is there.
    var isFull: Bool { members.count >= Limits.Person.standard.traits }

    /// Of the first member whose name is not below `name`.
    private func place(of name: String) -> Int {
        var (low, high) = (0, members.count)
        while low < high {
            let middle = (low + high) / 2
            if members[middle].name < name { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func dropOldest() {
        var oldest = 0
        for index in times.indices where times[index] <= times[oldest] { oldest = index }
        members.remove(at: oldest)
        times.remove(at: oldest)
    }
}

extension JSON {
    /// The members of an object, of each name the last.
    fileprivate var withoutRepetitions: [Member] {
        guard let members else { return [] }
        var places: [String: Int] = [:]
        var kept: [Member] = []
        for member in members {
            if let place = places.updateValue(kept.count, forKey: member.name) {
                kept[place].value = member.value
                places[member.name] = place
            } else {
                kept.append(member)
            }
        }
        return kept
    }
}
