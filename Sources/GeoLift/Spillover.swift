import WeirReporting
import Foundation

/// Which markets must not serve as donors, since the campaign may have reached them too.
package struct Spillover: Sendable, Equatable {
    package struct Place: Sendable, Equatable {
        /// In degrees, north positive, in −90 ... 90.
        package var latitude: Double
        /// In degrees, east positive, in −180 ... 180.
        package var longitude: Double

        package init(latitude: Double, longitude: Double) {
            self.latitude = latitude
            self.longitude = longitude
        }

        /// Along the Earth's surface, by the haversine formula with radius 6,371 km; off by at most 0.5 %.
        package func kilometres(to other: Place) -> Double {
            let radians = Double.pi / 180
            let across = sin((other.latitude - latitude) * radians / 2)
            let along = sin((other.longitude - longitude) * radians / 2)
            let root = across * across + cos(latitude * radians) * cos(other.latitude * radians) * along * along
            return 2 * 6_371 * asin(min(1, root.squareRoot()))
        }
    }

    /// By name.
    package var excluded: [String] = []
    package var places: [String: Place] = [:]
    /// Markets less far from a treated one are no donors; 0 for none, in which case `places` is not used.
    package var kilometres = 0.0

    package init() {}

    /// The markets to leave out for these treated ones, and a word on each left out by distance.
    func leftOut(of panel: Panel, treated: [Int]) throws -> (indices: Set<Int>, notes: [String]) {
        var left = try Set(panel.indices(of: excluded, role: "exclude"))
        guard kilometres > 0 else { return (left, []) }
        let unknown = panel.units.filter { places[$0] == nil }
        guard unknown.isEmpty else {
            throw MeasurementError(
                "coordinates: \(unknown.count) markets have none, such as “\(unknown[0])”. Add them, or leave out the distance."
            )
        }
        var notes: [String] = []
        for (index, unit) in panel.units.enumerated() where !treated.contains(index) && !left.contains(index) {
            let near = treated.map { (panel.units[$0], places[unit]!.kilometres(to: places[panel.units[$0]]!)) }
                .min { $0.1 < $1.1 }
            if let near, near.1 < kilometres {
                left.insert(index)
                notes.append("“\(unit)” is no donor: \(Int(near.1.rounded())) km from “\(near.0)”.")
            }
        }
        return (left, notes)
    }
}
