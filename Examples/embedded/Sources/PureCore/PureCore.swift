// Decides without an engine: values go in, values come out. No file, no clock, no thread, no random number of the system.
import WeirCatalog
import WeirDecisioning
import WeirDomain
import WeirJSON
import WeirProfiles

@main
struct PureCore {
    static func main() throws {
        // A catalog, read from text and made ready for deciding. `readCatalog` names all faults at once.
        let catalog = try readCatalog([
            CatalogFile(name: CatalogFile.rootName, text: Shop.root),
            CatalogFile(name: "campaigns.yaml", text: Shop.campaigns),
        ])
        var desk = try Desk(CatalogPlan(catalog, version: 1), openedAt: moment("2026-03-01"))

        // What ada did. A profile is what follows from her events, whatever order they come in.
        var ada = Profile()
        for event in [
            event("1", .identify, at: "2026-03-02T09:00", ["name": "Ada"]),
            event("2", .track, "Order Completed", at: "2026-03-02T09:05", ["revenue": 42.5]),
            event("3", .track, "Order Completed", at: "2026-03-20T18:30", ["revenue": 18]),
        ] {
            ada.apply(event, schema: desk.plan.schema)
        }

        // She has not said yes to marketing, so nothing is offered.
        let early = try desk.decide(for: "ada", &ada, at: moment("2026-04-01T10:00"))
        desk.show(early)

        // Now she has.
        let consent: JSON = ["consent": ["categoryPreferences": ["marketing": true]]]
        ada.apply(event("4", .page, "Home", at: "2026-04-01T10:01", context: consent), schema: desk.plan.schema)
        let first = try desk.decide(for: "ada", &ada, at: moment("2026-04-01T10:02"))
        desk.show(first)

        // The coupon was not used within its 14 days: the money comes back, and the model learns. So does the price: the
        // first decision cost more than the budget's curve foresaw for one.
        if let outcome = try desk.close(first, isReached: false, at: moment("2026-04-15T10:02")) { desk.show(outcome) }
        let second = try desk.decide(for: "ada", &ada, at: moment("2026-04-15T10:05"))
        desk.show(second)

        // This one was: the money is spent.
        if let outcome = try desk.close(second, isReached: true, at: moment("2026-04-16T17:00")) { desk.show(outcome) }
        let third = try desk.decide(for: "ada", &ada, at: moment("2026-04-17T08:00"))
        desk.show(third)
    }
}

func moment(_ text: String) -> Timestamp { Timestamp(iso8601: text)! }

func event(
    _ id: String, _ kind: Event.Kind, _ name: String = "", at time: String, _ properties: JSON = .emptyObject,
    context: JSON = .emptyObject
) -> Event {
    Event(
        messageID: id, source: "shop", kind: kind, name: name, userID: "ada", eventTime: moment(time),
        receivedTime: moment(time), properties: properties, context: context)
}
