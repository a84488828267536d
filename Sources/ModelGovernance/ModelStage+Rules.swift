public import WeirDomain

extension ModelStage {
    /// Whether a model may go from here to there: forward one step, back from champion to shadow, and out from anywhere.
    public func mayBecome(_ next: ModelStage) -> Bool {
        switch (self, next) {
        case (.candidate, .shadow), (.shadow, .champion), (.champion, .shadow): true
        case (.candidate, .retired), (.shadow, .retired), (.champion, .retired): true
        default: false
        }
    }

    /// The stages that a model can go to from here.
    public var next: [ModelStage] { ModelStage.allCases.filter(mayBecome) }
}
