import WeirDomain

/// A form for each step that a person can take; what it does stands beside the button, folded away until asked for.
///
/// Plain HTML: works by keyboard and without the script. Opening it is the question, its button the answer.
func actionsContent(_ snapshot: ModelSnapshot) -> HTML {
    guard !snapshot.actions.isEmpty else {
        guard snapshot.status.stage == .retired else { return "<p>Nothing just now.</p>" }
        return """
            <p>Nothing: a retired model stays as it is, so that its decisions can be replayed. To use it again, \
            register its file anew.</p>
            """
    }
    let actions = snapshot.actions.map { action -> HTML in
        let kind = action.kind
        if let reason = action.blockedBecause {
            return """
                <div class="action blocked"><button type="button" disabled aria-describedby="why-\(kind.rawValue)">\
                \(kind.label)</button><p id="why-\(kind.rawValue)">\(reason)</p></div>

                """
        }
        return """
            <details class="action" id="do-\(kind.rawValue)"><summary>\(kind.label) …</summary>
            <form method="post" action="\(snapshot.path)">
            <p>\(kind.consequence(for: snapshot))</p>
            <input type="hidden" name="stage" value="\(kind.rawValue)">\
            <input type="hidden" name="token" value="\(snapshot.token)">
            <label for="reason-\(kind.rawValue)">Why, for the record</label>
            <input id="reason-\(kind.rawValue)" name="reason" type="text" maxlength="200" required autocomplete="off">
            <button type="submit">Yes, \(kind.confirmation)</button>
            </form></details>

            """
    }
    return "<div class=\"actions\">\(actions)</div>"
}

extension ModelSnapshot.Action.Kind {
    var label: String {
        switch self {
        case .shadow: "Make it a shadow"
        case .promote: "Promote to champion"
        case .rollBack: "Roll back"
        case .retire: "Retire"
        }
    }

    fileprivate var confirmation: String {
        switch self {
        case .shadow: "make it a shadow"
        case .promote: "promote it"
        case .rollBack: "roll back"
        case .retire: "retire it"
        }
    }

    fileprivate func consequence(for snapshot: ModelSnapshot) -> String {
        let id = snapshot.status.id
        let other = snapshot.decidingModel == .online ? "the built-in online model" : snapshot.decidingModel.rawValue
        return switch self {
        case .shadow where snapshot.isDeciding:
            "\(id) stops deciding for “\(snapshot.goalName)”; the built-in online model does. It scores beside it."
        case .shadow:
            "\(id) will score what is decided for “\(snapshot.goalName)” beside the champion. It decides nothing."
        case .promote:
            "From the next decision on \(id) decides for “\(snapshot.goalName)” in place of \(other)"
                + (snapshot.decidingModel == .online ? ". " : ", which becomes a shadow and stays ready. ")
                + "The gates are measured once more before that. You can roll back at any time."
        case .rollBack:
            "From the next decision on the champion before \(id) decides again, or else the built-in online model; "
                + "\(id) is retired."
        case .retire:
            snapshot.isDeciding
                ? "\(id) stops deciding and is out of use for good; the built-in online model decides."
                : "\(id) is out of use for good. What it has decided can still be replayed."
        }
    }
}
