import WeirDecisioning
package import WeirDomain
import WeirLearning

/// A way of deciding that is compared with the live one.
package enum CandidatePolicy: Sendable, Hashable, CustomStringConvertible {
    /// The logged utilities under another rule of choice.
    case policy(Policy)
    /// Never an offer.
    case never
    /// This offer wherever it is open, else none.
    case always(OfferID)
    /// A registered model, as it was trained, in the place of whatever scored its goal; the placement's own rule of choice.
    case model(ModelID)

    /// Reads `greedy`, `epsilon:0.1`, `softmax:0.5`, `squarecb:20`, `thompson:256`, `never`, `always:OFFER`, `model:ID`.
    ///
    /// - Throws: `CandidatePolicyError`, which names what is wrong.
    package init(_ text: String) throws(CandidatePolicyError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let argument = parts.count == 2 ? parts[1] : ""
        func number(_ must: String, _ isValid: (Double) -> Bool) throws(CandidatePolicyError) -> Double {
            guard let number = Double(argument), number.isFinite, isValid(number) else {
                throw CandidatePolicyError(text: text, must: "\(parts[0]):N takes a number \(must)")
            }
            return number
        }
        switch parts[0] {
        case "greedy" where argument.isEmpty: self = .policy(.greedy)
        case "epsilon": self = .policy(.epsilonGreedy(epsilon: try number("in 0 ... 1") { (0...1).contains($0) }))
        case "softmax": self = .policy(.softmax(temperature: try number("above 0") { $0 > 0 }))
        case "squarecb": self = .policy(.squareCB(gamma: try number("above 0") { $0 > 0 }))
        case "thompson":
            let draws = try number("that is whole, in 16 ... 4096") { (16...4_096).contains($0) && $0 == $0.rounded() }
            self = .policy(.thompson(draws: Int(draws)))
        case "never" where argument.isEmpty: self = .never
        case "always" where !argument.isEmpty: self = .always(OfferID(argument))
        case "model" where !argument.isEmpty: self = .model(ModelID(argument))
        default:
            throw CandidatePolicyError(
                text: text,
                must:
                    "known are greedy, epsilon:0.1, softmax:0.5, squarecb:20, thompson:256, never, always:OFFER, model:ID"
            )
        }
    }

    package var description: String {
        switch self {
        case .policy(.greedy): "greedy"
        case .policy(.epsilonGreedy(let epsilon)): "epsilon:\(plain(epsilon))"
        case .policy(.softmax(let temperature)): "softmax:\(plain(temperature))"
        case .policy(.squareCB(let gamma)): "squarecb:\(plain(gamma))"
        case .policy(.thompson(let draws)): "thompson:\(draws)"
        case .never: "never"
        case .always(let offer): "always:\(offer)"
        case .model(let model): "model:\(model)"
        }
    }

    private func plain(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
    }
}

/// A text that names no policy.
package struct CandidatePolicyError: Error, Sendable, Equatable, CustomStringConvertible {
    package var text: String
    package var must: String

    package var description: String { "“\(text)” is no policy: \(must)." }
}
