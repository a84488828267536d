import Testing
import WeirDomain
import WeirLog
import WeirJSON
import WeirStatistics
import WeirStorage

@Suite("Whom an identifier means")
struct IdentityMapTests {
    private static func event(_ kind: Event.Kind, user: String?, anonymous: String? = nil, previous: String? = nil)
        -> Event
    {
        Event(
            messageID: "m", source: "shop", kind: kind, userID: user, anonymousID: anonymous,
            eventTime: Timestamp(microseconds: 0), receivedTime: Timestamp(microseconds: 0),
            context: previous.map { ["previousId": .string($0)] } ?? .emptyObject)
    }

    @Test("A user id is a customer; an anonymous id is one until it is tied to a user")
    func tie() {
        var map = IdentityMap()
        #expect(map.customer(userID: "ada", anonymousID: "a1") == "ada")
        #expect(map.customer(userID: nil, anonymousID: "a1") == "anonymous:a1")
        #expect(map.customer(userID: nil, anonymousID: nil) == nil)
        let merges = map.tieIdentifiers(of: Self.event(.identify, user: "ada", anonymous: "a1"))
        #expect(merges.map(\.old) == ["anonymous:a1"])
        #expect(merges.map(\.link.customer) == ["ada"])
        #expect(map.customer(userID: nil, anonymousID: "a1") == "ada")
        #expect(map.tieIdentifiers(of: Self.event(.identify, user: "ada", anonymous: "a1")).isEmpty)
    }

    @Test("Only identify and alias tie: a purchase that names both ids does not")
    func others() {
        var map = IdentityMap()
        for kind in Event.Kind.allCases where kind != .identify && kind != .alias {
            #expect(map.tieIdentifiers(of: Self.event(kind, user: "ada", anonymous: "a1", previous: "a1")).isEmpty)
        }
        #expect(map.tieIdentifiers(of: Self.event(.identify, user: nil, anonymous: "a1")).isEmpty)
    }

    @Test("A second user on one device does not inherit the first one's life")
    func sharedDevice() {
        var map = IdentityMap()
        _ = map.tieIdentifiers(of: Self.event(.identify, user: "ada", anonymous: "a1"))
        #expect(map.tieIdentifiers(of: Self.event(.identify, user: "grace", anonymous: "a1")).isEmpty)
        #expect(map.customer(userID: "ada", anonymousID: nil) == "ada")
        #expect(map.customer(userID: "grace", anonymousID: "a1") == "grace")
    }

    @Test("An alias joins two users, and what was tied to the old one follows")
    func alias() {
        var map = IdentityMap()
        _ = map.tieIdentifiers(of: Self.event(.identify, user: "ada", anonymous: "a1"))
        #expect(
            map.tieIdentifiers(of: Self.event(.alias, user: "lovelace", previous: "ada")).map(\.old).contains("ada"))
        _ = map.tieIdentifiers(of: Self.event(.alias, user: "countess", previous: "lovelace"))
        for customer in ["ada", "lovelace", "countess"] {
            #expect(map.customer(userID: customer, anonymousID: nil) == "countess")
        }
        #expect(map.customer(userID: nil, anonymousID: "a1") == "countess")
        #expect(map.current("anonymous:a1") == "countess")
        // Back again: they are one already.
        #expect(
            map.tieIdentifiers(of: Self.event(.alias, user: "ada", previous: "countess")).filter {
                $0.old == "countess"
            }.isEmpty)
    }

    @Test("What is not allowed is not tied, and nothing else changes")
    func rules() {
        var map = IdentityMap()
        _ = map.tieIdentifiers(of: Self.event(.identify, user: "ada", anonymous: "a1"))
        let alias = Self.event(.alias, user: "grace", previous: "ada")
        #expect(map.tieIdentifiers(of: alias) { !$0.joinsUsers }.map(\.old) == ["anonymous:ada"])
        #expect(map.current("ada") == "ada")
        var sizes: [Int] = []
        let more = Self.event(.identify, user: "ada", anonymous: "a2")
        #expect(
            map.tieIdentifiers(of: more) { proposal in
                sizes.append(proposal.identifiers)
                return false
            }.isEmpty)
        #expect(sizes == [3])
        #expect(map.current("anonymous:a2") == "anonymous:a2")
    }

    @Test("A long chain of aliases and a crowd on one id end at one person each")
    func chains() {
        var map = IdentityMap()
        for number in 0..<20_000 {
            _ = map.tieIdentifiers(of: Self.event(.alias, user: "u\(number + 1)", previous: "u\(number)"))
            _ = map.tieIdentifiers(of: Self.event(.identify, user: "eve", anonymous: "d\(number)"))
        }
        // Each of these was a walk along the whole chain.
        for number in 0..<20_000 {
            #expect(map.current(CustomerID("u\(number)")) == "u20000")
            #expect(map.customer(userID: nil, anonymousID: "d\(number)") == "eve")
        }
    }

    @Test("A map restored from its links says the same, and no chain runs in a circle", arguments: UInt64(0)..<100)
    func restoring(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var map = IdentityMap()
        var restored = IdentityMap()
        let names = (0..<6).map { "u\($0)" }
        for _ in 0..<40 {
            let user = names.randomElement(using: &random)
            let event =
                Bool.random(using: &random)
                ? Self.event(.identify, user: user, anonymous: "a\(Int.random(in: 0..<6, using: &random))")
                : Self.event(.alias, user: user, previous: names.randomElement(using: &random))
            for merge in map.tieIdentifiers(of: event) {
                #expect(merge.old != merge.link.customer)
                #expect(map.current(merge.old) == map.current(merge.link.customer))
                restored.restore(merge.link)
            }
            for index in 0..<6 {
                #expect(
                    map.customer(userID: "u\(index)", anonymousID: nil)
                        == restored.customer(userID: "u\(index)", anonymousID: nil))
                #expect(
                    map.customer(userID: nil, anonymousID: "a\(index)")
                        == restored.customer(userID: nil, anonymousID: "a\(index)"))
            }
        }
    }
}
